#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a real Finch inside tmux, driven by keys, read from the screen.

usage: host_finch_test.py --build DIR [--tools DIR] [--shots DIR]
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import by_hand  # noqa: E402
import debug_log  # noqa: E402
import rig  # noqa: E402


WORD = "Boxkämpfer & <Zwölf>"


class Finch:
    def __init__(self, folder, log, options=("-d",)):
        self.socket = str(folder / "tmux")
        self.environment = by_hand.environment(folder, TERM="screen")
        words = " ".join(by_hand.finch_command(folder, *options))
        self.tmux("-f", os.devnull, "new-session", "-d", "-x", "110", "-y", "34", "-s", "finch",
                  f"{words} 2>{log}; echo finch ended with $?; sleep 600")

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, *words], env=self.environment, capture_output=True,
                              text=True, timeout=30)
        if done.returncode != 0:
            raise rig.Failure(f"tmux {words}: {done.stderr}")
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "finch")

    def key(self, name, times=1):
        for _ in range(times):
            self.tmux("send-keys", "-t", "finch", name)
            time.sleep(0.3)

    def write(self, text):
        self.tmux("send-keys", "-t", "finch", "-l", "--", text)
        time.sleep(0.3)

    def type(self, text):
        self.write(text)
        self.key("Enter")

    def expect(self, pattern, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self.screen()
            if re.search(pattern, shown):
                print(f"ok: {pattern}")
                return shown
            time.sleep(0.2)
        raise rig.Failure(f"not on the screen: {pattern}\n{self.screen()}")

    def seek(self, pattern, seconds=20):
        """From window to window until it is there: what comes by itself may open behind the others."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.screen()) and time.monotonic() < deadline:
            self.key("M-n")
        return self.expect(pattern, 0.5)

    def stop(self):
        self.tmux("kill-session", "-t", "finch")


def first_account(place):
    """Who opens Finch for the first time, and nothing else, is asked for an account."""
    folder = place.folder / "first"
    (folder / "plugins").mkdir(parents=True)
    shutil.copy(by_hand.plugin_of(place), folder / "plugins")
    finch = Finch(folder, place.folder / "first.log", [])
    try:
        finch.expect(r"New Account")
        finch.write("D")  # the list of protocols opens there
        finch.key("Enter")
        finch.expect(r"Station \(or several, with commas\) 127\.0\.0\.1_")
        finch.key("Tab")
        finch.write("Zoë")
        finch.key("Tab", 4)
        finch.key("Space")
        finch.expect(r"\[X\] Create this account on the server")
        finch.key("Tab", 2)
        finch.key("BSpace", 4)
        finch.write(str(place.port))
        finch.key("Tab", 6)
        finch.key("Enter")
        finch.expect(r"│Your new DIM identity")  # a window of its own, behind the others
        finch.key("M-n", 2)
        shown = finch.expect(r"A new DIM identity was made for “Zoë”")
        identity = re.search(r"0x[0-9A-Fa-f]{40}", shown).group(0)
        assert (folder / "dim" / identity / "store.db").exists(), shown
    finally:
        finch.stop()


def a_wrong_port(place):
    """Finch says nothing of an error after which it tries again; the plugin does (each once: headless_network.py)."""
    folder = place.folder / "wrong"
    port = rig.free_port()
    rig.make_profile(folder, by_hand.plugin_of(place), "gnt-purple", "cid", port)
    finch = Finch(folder, place.folder / "wrong.log", [])
    try:
        finch.expect(r"│cid cannot log in")
        finch.key("M-n")
        # it stays, though the login has ended; the ID is on a line of its own, so that it is not broken in two
        finch.expect(r"(?s)identity was made for “cid”.*│ *0x[0-9A-Fa-f]{40} *│")
        finch.key("M-n")
        finch.expect(rf"No connection to the station 127\.0\.0\.1, port\s+{port}")
        finch.key("M-a")
        finch.key("Enter")  # the actions' first one: the list of accounts
        finch.expect(r"\[X\].*cid")
        finch.key("Space")  # disabled: the window of the error goes by itself
        finch.expect(r"(?s)\A(?!.*cannot log in)")
    finally:
        finch.stop()


def run(place, shots):
    bob = place.host("bob")
    bob_id = bob.register("Bob", place.port)
    folder = place.folder / "finch"
    identity = by_hand.prepare(place, "Ann", bob_id, folder)
    rig.make_profile(folder, by_hand.plugin_of(place), "gnt-purple", identity, place.port)
    finch = Finch(folder, place.folder / "finch.log")
    try:
        finch.expect(r"Buddy List")
        finch.expect(r"Bob")
        finch.key("M-n")  # from the list to the debug window
        finch.expect(rf"dim-session: 127.0.0.1, port {place.port}: online")
        finch.key("M-c")
        bob.do("im", to=identity, text="hello <Ann> & 世界")
        finch.expect(r"Buddy List .*Bob \(0x")
        finch.key("M-n")  # from the list to the conversation
        finch.expect(r"hello <Ann> & 世界")
        finch.type("hello <Bob> & \"you\"")
        assert bob.wait_received(1)[0]["text"] == "hello <Bob> & \"you\"", bob.received()
        finch.type("/dim id")
        finch.expect(identity[:30])
        finch.type("/dim version")
        finch.expect(r"purple-dim \d")
        for verb, answer in (("search Bob", r"1 found: Bob"), ("name", r"archivist is")):
            finch.type(f"/dim {verb}")
            finch.expect(r"│DIM")  # the answer is a window of its own, behind the conversation
            finch.key("M-n")
            finch.expect(answer)
            finch.key("Enter")
            finch.expect(r"Bob \(0x")
        if shots:
            shown = [line.rstrip() for line in finch.screen().split("\n")]
            (shots / "finch.txt").write_text("\n".join(line for line in shown if line) + "\n", encoding="utf-8")
        finch.key("M-q")
        assert bob.quit() == 0
    finally:
        finch.stop()
    debug_log.judge(place.folder / "finch.log", folder, place.port, ["hello <Ann> & 世界", "hello <Bob> & \"you\""])


def carried(place):
    """Out of one Finch by its verb, and into another that lacks the keys of its account."""
    bob_id = place.host("carried-bob").register("Bob", place.port)
    folder, other = place.folder / "from", place.folder / "to"
    identity = by_hand.prepare(place, "Ann", bob_id, folder)
    path = other / "dim" / f"{identity}.dim-identity"
    (other / "dim").mkdir(parents=True, mode=0o700)
    rig.make_profile(folder, by_hand.plugin_of(place), "gnt-purple", identity, place.port)
    rig.make_profile(other, by_hand.plugin_of(place), "gnt-purple", identity, place.port)
    finch = Finch(folder, place.folder / "from.log", [])
    try:
        finch.expect(r"Bob")
        place.hosts[-2].do("im", to=identity, text="hello Ann")
        finch.expect(r"Buddy List .*Bob \(0x")
        finch.key("M-n")
        finch.expect(r"hello Ann")
        finch.type(f"/dim export {path}")
        finch.expect(r"The same again")
        finch.write(WORD)
        finch.key("Tab")
        finch.write(WORD)
        assert WORD not in finch.screen()
        finch.key("Tab")
        finch.key("Enter")
        finch.seek(r"Whoever has this file")
        assert path.stat().st_mode & 0o777 == 0o600
        finch.key("M-q")
    finally:
        finch.stop()
    second = Finch(other, place.folder / "to.log")
    try:
        second.seek(r"with a passphrase when it was exported")
        second.write(WORD)
        second.key("Tab")
        second.key("Enter")
        second.seek(r"Contacts in it:\s+1")
        second.key("Enter")
        second.seek(r"\bBob\b")
        second.key("M-q")
    finally:
        second.stop()
    log = (place.folder / "to.log").read_bytes()
    assert b"dim-session" in log and not any(form in log for form in rig.disguises(WORD)), "the passphrase is in the log"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    arguments = parser.parse_args()
    if not shutil.which("finch") or not shutil.which("tmux"):
        print("there is no finch or no tmux; run cmake/setup.sh")
        return 1
    with rig.Place(arguments.build) as place:
        first_account(place)
        a_wrong_port(place)
        run(place, arguments.shots)
        carried(place)
    print("finch: all well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
