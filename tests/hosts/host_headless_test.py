#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a libpurple host without windows: accounts, talk, services, and leaving in every state.

usage: host_headless_test.py --build DIR [unittest arguments]
In a sanitized build every host must also end without a leak: quit() returns 99 for one.
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import host_case  # noqa: E402
from headless_accounts import Accounts  # noqa: E402,F401
from headless_carry import Carry  # noqa: E402,F401
from headless_identity import Identity  # noqa: E402,F401
from headless_leaving import LeakFinder, Leaving  # noqa: E402,F401
from headless_network import Network  # noqa: E402,F401
from headless_services import Services  # noqa: E402,F401
from headless_talk import People, Talk  # noqa: E402,F401

if __name__ == "__main__":
    if "--build" in sys.argv:
        at = sys.argv.index("--build")
        host_case.BUILD = pathlib.Path(sys.argv[at + 1]).resolve()
        del sys.argv[at:at + 2]
    unittest.main(verbosity=2)
