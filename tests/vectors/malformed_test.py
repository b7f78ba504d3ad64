#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of a known shape that hold no case, or cases without their members: each fails by name, and nothing crashes.

usage: malformed_test.py VECTORS_TEST
"""
import pathlib
import subprocess
import sys
import tempfile

SHAPES = ("identities", "ref_accounts", "ref_contents", "ref_documents", "ref_frames", "ref_ids", "ref_keys",
          "ref_messages", "ref_meta_match", "ref_metas", "ref_negative_messages")
BODIES = ("", "{}", "[]", "7", "[{}]", "[1]", "[null]", '{"x":{}}', '{"x":1}', '{"x":[]}',
          '{"keys":{"x":{}},"signatures":[{}],"encryption":[{}]}', '[{"name":"x","reliable":{}}]',
          '[{"name":"x","hex":"00"}]')


def main():
    failures = 0
    for shape in SHAPES:
        for body in BODIES:
            with tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, shape + ".json").write_text(body, encoding="utf-8")
                done = subprocess.run([sys.argv[1], "--dir", folder], capture_output=True, text=True,
                                      check=False, timeout=60)
            if done.returncode != 1 or "FAILED" not in done.stdout:
                failures += 1
                print(f"{shape}.json = {body!r}: status {done.returncode}\n{done.stdout[-200:]}{done.stderr[-300:]}")
    print(f"{len(SHAPES) * len(BODIES)} malformed files, {failures} not failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
