#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What ./try does after its set-up: the whole talk, and that nothing is left behind however it is ended.

usage: host_try_test.py --build DIR --tools DIR [unittest arguments]
"""
import argparse
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rig  # noqa: E402

BUILD = TOOLS = None


def marked(mark):
    """The processes that have this in their environment: all that one ./try started."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((int(folder.name), (folder / "cmdline").read_bytes()))
        except OSError:
            pass  # ended meanwhile, or not ours
    return found


class Try(unittest.TestCase):
    def start(self, *host, **more):
        self.folder = tempfile.TemporaryDirectory(prefix="dim-try-")
        self.addCleanup(self.folder.cleanup)
        self.mark = f"DIM_TRY_MARK={uuid.uuid4()}"
        name, value = self.mark.split("=")
        environment = {key: word for key, word in os.environ.items() if key != "DISPLAY"}
        process = subprocess.Popen(
            [sys.executable, str(rig.HERE / "try.py"), "--build", str(BUILD), "--tools", str(TOOLS), *host],
            env={**environment, **more, name: value, "TMPDIR": self.folder.name}, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(self.end_what_is_left)
        self.addCleanup(rig.end, process)
        return process, rig.Lines(process.stdout)

    def end_what_is_left(self):
        for number, _ in marked(self.mark):
            os.kill(number, signal.SIGKILL)

    def nothing_is_left(self):
        deadline = time.monotonic() + 10
        while (left := marked(self.mark)) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(left, [])
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_the_talk_succeeds_and_tells_its_figures(self):
        process, lines = self.start()
        lines.wait(lambda line: re.search(r"Ann: .*foxglove-offline-3 \(came at \d\d:\d\d:\d\d\)", line), 240)
        lines.wait(lambda line: re.fullmatch(
            r"23 messages sent, 23 received, median delay \d+\.\d ms, \d+ bytes on the wire "
            r"and [1-9]\d+ in the station's files without a plaintext", line), 240)
        self.assertEqual(process.wait(20), 0)
        self.nothing_is_left()

    def test_the_talk_succeeds_where_the_terminal_knows_no_chinese(self):
        process, lines = self.start(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
        lines.wait(lambda line: line.startswith("23 messages sent, 23 received"), 240)
        self.assertEqual(process.wait(20), 0)
        self.nothing_is_left()

    def test_an_ended_session_or_a_closed_terminal_leaves_nothing(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            process, lines = self.start("bitlbee")
            lines.wait(lambda line: "Bob answers" in line)
            process.send_signal(number)
            self.assertEqual(process.wait(30), 128 + number)
            self.nothing_is_left()

    def connection(self, port):
        deadline = time.monotonic() + 20
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), 20)
            except ConnectionRefusedError:  # it is told before it listens
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.1)

    def test_ctrl_c_ends_bitlbee_also_while_somebody_is_connected(self):
        """bitlbee makes a process of each connection."""
        process, lines = self.start("bitlbee")
        _, said = lines.wait(lambda line: line.startswith("  /connect 127.0.0.1 "))
        with self.connection(int(said.split()[2])) as irc:
            irc.sendall(b"NICK ann\r\nUSER ann 0 * :Ann\r\n")
            heard = b""
            while b" 001 " not in heard:
                heard += irc.recv(4096) or self.fail(heard)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(30), 128 + signal.SIGINT)
            self.nothing_is_left()

    def test_an_impatient_ctrl_c_leaves_nothing(self):
        """The second one comes while the first one's folder and processes are being put away."""
        for pause in (0.0, 0.02, 0.1):
            process, lines = self.start()
            lines.wait(lambda line: line.startswith("Bob is"))
            process.send_signal(signal.SIGINT)
            time.sleep(pause)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(30), 128 + signal.SIGINT)
            self.nothing_is_left()

    def test_pidgin_ended_while_it_opens_leaves_nothing(self):
        process, _ = self.start("pidgin")
        deadline = time.monotonic() + 60
        while not any(words.startswith(b"pidgin\0") for _, words in marked(self.mark)):
            self.assertLess(time.monotonic(), deadline, "Pidgin was not started")
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 128 + signal.SIGTERM)
        self.nothing_is_left()

    def test_pidgin_for_nobody_to_see_is_photographed_and_closed_and_said_so(self):
        process, lines = self.start("pidgin")
        lines.wait(lambda line: line.startswith("Pidgin was opened and is closed again"), 120)
        self.assertEqual(process.wait(30), 0)
        with lines.changed:
            said = "\n".join(lines.items)
        self.assertNotIn("is open", said)
        self.assertNotIn("Type into", said)
        self.assertRegex(said, r"its screenshot is \S+\.png")
        self.nothing_is_left()

    def test_finch_asks_for_a_terminal(self):
        process, lines = self.start("finch")
        lines.wait(lambda line: "no terminal here" in line)
        self.assertEqual(process.wait(30), 1)
        self.nothing_is_left()

    def test_bitlbee_says_when_to_go_on(self):
        process, lines = self.start("bitlbee")
        lines.wait(lambda line: "Bob answers" in line)
        process.send_signal(signal.SIGINT)
        process.wait(30)
        with lines.changed:
            said = "\n".join(lines.items)
        self.assertLess(said.index("account dim on"), said.index("wait for “Logged in”"))
        self.assertLess(said.index("wait for “Logged in”"), said.index("  add dim 0x"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    arguments, rest = parser.parse_known_args()
    BUILD, TOOLS = arguments.build.resolve(), arguments.tools.resolve()
    unittest.main(argv=sys.argv[:1] + rest, verbosity=2)
