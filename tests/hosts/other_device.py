# SPDX-License-Identifier: GPL-2.0-or-later
"""A second device of an account, as small as a test needs it."""
import json
import os
import pathlib
import shutil
import subprocess
import time

import rig


class OtherDevice:
    """A second device of the account of a host: it has a copy of the keys as they are now."""

    def __init__(self, place, host):
        self.place = place
        self.folder = pathlib.Path(f"{host.profile}-other-device")
        home = next((host.profile / "dim").glob("*/store.db")).parent
        shutil.copytree(home, self.folder, ignore=shutil.ignore_patterns("*lock*"))

    def said(self, me, to, text, serial):
        """Tells all devices of the account what it has said to somebody."""
        now = time.time()
        content = {"type": 204, "sn": 1000 + serial, "time": now, "app": "chat.dim.messenger", "mod": "chat_history",
                   "act": "sync_message",
                   "message": {"sender": me, "receiver": to, "time": now,
                               "content": {"type": 1, "sn": serial, "time": now, "text": text}}}
        done = subprocess.run([str(self.place.build / "tests" / "hosts" / "dim-other-device"),
                               str(self.folder / "store.db"), str(self.place.port)],
                              input=json.dumps(content) + "\n", capture_output=True, encoding="utf-8", timeout=60,
                              env=rig.judged(dict(os.environ)))
        if done.returncode != 0:
            raise rig.Failure(f"the other device ended with status {done.returncode}: {done.stderr}")
