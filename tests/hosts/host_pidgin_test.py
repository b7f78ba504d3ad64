#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a real Pidgin under Xvfb, driven over its message bus; screenshots on request.

usage: host_pidgin_test.py --build DIR [--tools DIR] [--shots DIR]
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import by_hand  # noqa: E402
import debug_log  # noqa: E402
import rig  # noqa: E402


SAID = ["How are you?", "Fine, and encrypted."]


def conversation(pidgin, account, peer):
    conv = pidgin.call("PurpleConversationNew", 1, account, peer)
    return pidgin.call("PurpleConvIm", conv)


def until(what, done, seconds=20):
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise rig.Failure(what)
        time.sleep(0.2)


def register_in_pidgin(pidgin, place):
    """What "Create this new account on the server" does."""
    account = pidgin.call("PurpleAccountNew", "Carol", "prpl-dim")
    pidgin.call("PurpleAccountSetInt", account, "port", place.port)
    pidgin.call("PurpleAccountsAdd", account)
    pidgin.call("PurpleAccountRegister", account)
    until("a registered account comes online by itself",
          lambda: pidgin.call("PurpleAccountIsConnected", account) == "1"
          and pidgin.call("PurpleAccountGetUsername", account).startswith("0x"))
    return account


def show_accounts(display):
    """Ctrl-A in the buddy list opens the accounts."""
    lists = [number for number, title in display.windows().items() if "Buddy List" in title]
    if lists:
        display.xdotool("windowfocus", lists[0])
        time.sleep(0.5)
        display.xdotool("key", "ctrl+a")
        time.sleep(1)
    for number, title in display.windows().items():
        if title == "Accounts":  # wide enough for the protocol beside an ID
            display.xdotool("windowsize", number, "600", "200")


def run(place, display, shots):
    bob = place.host("bob")
    bob_id = bob.register("Bob", place.port)
    folder = place.folder / "pidgin"
    identity = by_hand.prepare(place, "Ann", bob_id, folder)
    rig.make_profile(folder, by_hand.plugin_of(place), "gtk-gaim", identity, place.port)
    pidgin = by_hand.Pidgin(place, folder, display)

    def shoot(name):
        if shots:
            time.sleep(12 if name == "pidgin-talk" else 2)  # until "has signed on" is over
            display.spread()
            time.sleep(1)
            display.shoot(shots / f"{name}.png")
            subprocess.run(["mogrify", "-trim", "+repage", str(shots / f"{name}.png")], check=True)
    try:
        account = pidgin.account(identity)
        buddy = pidgin.call("PurpleFindBuddy", account, bob_id)
        assert buddy not in (None, "0"), "the contact is not in the list"
        assert pidgin.call("PurpleBuddyGetAlias", buddy) == "Bob"
        bob.do("im", to=identity, text="Hello Ann, <b>&\" 你好")
        until("Bob's line opens a conversation",
              lambda: pidgin.call("PurpleFindConversationWithAccount", 1, bob_id, account) not in (None, "0"))
        im = conversation(pidgin, account, bob_id)
        pidgin.call("PurpleConvImSend", im, "Hello Bob, &lt;b&gt;&amp;&quot; 世界")
        assert bob.wait_received(1)[0]["text"] == "Hello Bob, <b>&\" 世界", bob.received()
        bob.do("im", to=identity, text=SAID[0])
        time.sleep(1)
        pidgin.call("PurpleConvImSend", im, SAID[1])
        bob.wait_received(2)
        shoot("pidgin-talk")
        stranger = "0x52908400098527886E0F7030069857D2E4169EE7"
        pidgin.call("PurpleGotProtocolHandlerUri", f"dim:{stranger}")
        until("a link opens a conversation",
              lambda: pidgin.call("PurpleFindConversationWithAccount", 1, stranger, account) not in (None, "0"))
        register_in_pidgin(pidgin, place)
        if shots:
            show_accounts(display)
        shoot("pidgin-accounts")
        assert pidgin.process.poll() is None
        assert bob.quit() == 0
    finally:
        status = pidgin.stop()
    log = (folder / "pidgin.log").read_text(encoding="utf-8", errors="replace")
    assert "segmentation" not in log.lower(), log[-2000:]
    debug_log.judge(folder / "pidgin.log", folder, place.port, SAID)
    assert status in (0, -15), f"Pidgin ended with {status}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    arguments = parser.parse_args()
    if not all(shutil.which(program) for program in ("pidgin", "Xvfb", "gdbus", "dbus-daemon")):
        print("there is no pidgin, Xvfb, gdbus or dbus-daemon; run cmake/setup.sh")
        return 1
    with rig.Place(arguments.build) as place:
        display = by_hand.Display(place.folder, own=True)
        try:
            run(place, display, arguments.shots)
        finally:
            display.stop()
    print("pidgin: all well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
