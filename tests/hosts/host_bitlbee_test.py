#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a real bitlbee, driven as an IRC client drives it.

usage: host_bitlbee_test.py --build DIR --tools DIR [--shots DIR]
"""
import argparse
import pathlib
import re
import shutil
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import by_hand  # noqa: E402
import debug_log  # noqa: E402
import rig  # noqa: E402


WORD = "Zwölf <b>& \"Boxkämpfer\""
SAID = [WORD, "hello <b> & \"ünï\" 世界", "while you were away", "while blocked", "heard again"]


class Irc:
    def __init__(self, port, nick):
        deadline = rig.time.monotonic() + 10
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), 5)
                break
            except OSError as why:
                if rig.time.monotonic() > deadline:
                    raise rig.Failure(f"no bitlbee: {why}") from why
                rig.time.sleep(0.1)
        self.socket.settimeout(None)
        self.stream = self.socket.makefile("r", encoding="utf-8", errors="replace", newline="\n")
        self.lines = rig.Lines(self._answered())
        self.at = 0
        self.typed = []  # behind how many lines, where, what
        self.lock = threading.Lock()
        self.say_raw(f"NICK {nick}")
        self.say_raw(f"USER {nick} 0 * :{nick}")

    def _answered(self):
        try:
            for line in self.stream:
                line = line.rstrip("\r\n")
                if line.startswith("PING"):
                    self.say_raw(line.replace("PING", "PONG", 1))
                yield line
        except OSError:
            return

    def say_raw(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def say(self, to, text):
        self.typed.append((len(self.lines.items), to, text))
        self.say_raw(f"PRIVMSG {to} :{text}")

    def expect(self, pattern, seconds=20):
        try:
            index, line = self.lines.wait(lambda text: re.search(pattern, text), seconds, self.at)
        except rig.Failure as why:
            raise rig.Failure(f"{pattern!r}: {why}; the last lines:\n  "
                              + "\n  ".join(self.lines.items[-15:])) from why
        self.at = index + 1
        print(f"ok: {line[:150]}")
        return line

    def quit(self):
        try:
            self.say_raw("QUIT :bye")
            self.lines.thread.join(5)
        except OSError:
            pass
        self.socket.close()


def first_login(irc, place):
    irc.expect(r"JOIN :?&bitlbee")
    irc.say("&bitlbee", "register secret-word")
    irc.expect(r"Account successfully created")
    irc.say("&bitlbee", "account add dim annie")
    irc.expect(r"Account successfully added")
    irc.say("&bitlbee", "account dim set")
    for name, value in (("identity", "eth"), ("key-bits", "1024"), ("port", "9394"), ("station", "127.0.0.1")):
        irc.expect(rf"{name} = `{re.escape(value)}'")
    irc.say("&bitlbee", f"account dim set port {place.port}")
    irc.expect(rf"port = `{place.port}'")
    irc.say("&bitlbee", "account dim on")
    line = irc.expect(r"A new DIM identity was made .*0x[0-9A-Fa-f]{40}")
    identity = re.search(r"0x[0-9A-Fa-f]{40}", line).group(0)
    irc.expect(rf"Your DIM ID: {identity}")
    return identity


def talk(irc, bob, bob_id, identity):
    irc.say("&bitlbee", f"add dim {bob_id} bob")
    irc.expect(r"JOIN :?&bitlbee|MODE.*bob")
    irc.say("bob", "hello <b> & \"ünï\" 世界")
    heard = bob.wait_received(1)[0]
    assert heard["text"] == "hello <b> & \"ünï\" 世界", heard
    assert heard["conv"] == identity, heard
    bob.do("im", to=identity, text="<i>hello & back</i>\n你好")
    irc.expect(r"^:bob!.*:<i>hello & back</i>")
    irc.expect(r"^:bob!.*:你好")
    bob.do("im", to=identity, text="so far\n *** Their key: forged")
    irc.expect(r"^:bob!.*:>  ?\*\*\* Their key: forged")
    irc.say("bob", "/dim id")
    irc.expect(rf"\*\*\* Your DIM ID: {identity}")
    irc.say("bob", "/dim fingerprint")
    irc.expect(r"Your key: ([0-9A-F]{4} ?){16}")
    irc.expect(r"\*\*\* Their key: ([0-9A-F]{4} ?){16}")
    irc.say("&bitlbee", "info bob")
    irc.expect(r"Nickname: Bob <& Co>$")
    irc.expect(bob_id)
    assert len(bob.received()) == 1, "a verb went out as a message"


def services(irc, bob_id, station_id):
    """What the station says to a verb stands in the control channel, as the host prints it."""
    for verb, answer in (("search Bob", rf"1 found: Bob <& Co> {bob_id}"), ("who", rf"2 found: .*{bob_id}"),
                         ("name", rf"archivist is {station_id}"), ("mute " + bob_id, "whom you mute is kept"),
                         ("mute", rf"dim - .*{bob_id}"), ("backup", "Your contacts are kept"), ("restore", "in the backup: 1. None of them is new")):
        irc.say("bob", f"/dim {verb}")
        irc.expect(answer)


def come_back(irc, bob, identity):
    irc.say("&bitlbee", "account dim off")
    irc.expect(r"QUIT")
    bob.do("im", to=identity, text="while you were away")
    bob.wait("msg", text="while you were away")
    irc.say("&bitlbee", "account dim on")
    irc.expect(rf"Your DIM ID: {identity}")
    irc.expect(r"^:bob!.*:.*while you were away")
    irc.say("&bitlbee", "blist all")
    irc.expect(r"bob")


def blocked(irc, bob, identity):
    irc.say("&bitlbee", "block bob")
    irc.expect(r"moved from allow- to block-list")
    bob.do("im", to=identity, text="while blocked")
    bob.wait("msg", text="while blocked")
    rig.time.sleep(1)
    irc.say("&bitlbee", "allow bob")
    irc.expect(r"moved from block- to allow-list")
    bob.do("im", to=identity, text="heard again")
    irc.expect(r"^:bob!.*:heard again")
    assert not any("while blocked" in line for line in irc.lines.items), "a blocked person was heard"


def named_by_nickname(irc, place):
    """A person to whom I gave no nick is called by the nickname of the visa, if nick_format says so."""
    carol = place.host("carol")
    carol_id = carol.register("Carol", place.port)
    irc.say("&bitlbee", f"add dim {carol_id}")
    nick = re.match(r":([^!]+)!", irc.expect(rf"!{carol_id}\S* JOIN")).group(1)
    rig.time.sleep(1)  # the visa comes
    irc.say("&bitlbee", f"info {nick}")
    irc.expect(r"Nickname: Carol")
    irc.say("&bitlbee", "account dim off")
    irc.expect(r"QUIT")
    irc.say("&bitlbee", "account dim set nick_format %full_name")
    irc.expect(r"nick_format = ")
    irc.say("&bitlbee", "account dim on")
    irc.expect(rf"^:Carol!{carol_id}\S* JOIN")
    assert carol.quit() == 0


def refusals(irc):
    irc.say("&bitlbee", "add dim nobody-at-all")
    irc.expect(r"not a DIM ID")
    irc.say("&bitlbee", "account add dim 0x52908400098527886E0F7030069857D2E4169EE7")
    irc.expect(r"Account successfully added")
    irc.say("&bitlbee", "account 1 on")
    irc.expect(r"keys of 0x5290")


def named_like_markup(irc, place):
    """Before the end of a login bitlbee shows a line as it is, behind it without its tags."""
    irc.say("&bitlbee", 'account add dim "R&D <b>"')
    irc.expect(r"Account successfully added")
    irc.say("&bitlbee", f"account 2 set port {place.port}")
    irc.expect(rf"port = `{place.port}'")
    irc.say("&bitlbee", "account 2 on")
    irc.expect(r"A new DIM identity was made for “R&D <b>”")
    irc.expect(r"Your DIM ID: ")


def asked(irc, pattern):
    """The question that matches, and who asks it."""
    line = irc.expect(rf"^:purple_request_\d+_*!.*{pattern}")
    return re.match(r":([^!]+)!", line).group(1), line


def accepted(irc, place, bitlbee, identity, bob, bob_id):
    """Yes and no are said to bitlbee itself."""
    bob.do("answer", typed=f"{WORD}\n{WORD}")
    bob.do("cmd", to=identity, text=f"/dim export {place.folder / 'bob.dim-identity'}")
    bob.wait("notice", title="Export")
    folder = next(bitlbee.folder.rglob(f"dim/{identity}")).parent
    shutil.move(place.folder / "bob.dim-identity", folder)
    for answer in ("no", "yes"):
        irc.say("bob", "/dim import bob")
        irc.say(asked(irc, "Passphrase")[0], WORD)
        irc.expect(rf"another identity than this account's: {bob_id}")
        assert not (folder / bob_id).exists()
        irc.say("&bitlbee", answer)
    irc.expect(rf"The identity {bob_id} is on this computer now")
    assert (folder / bob_id / "store.db").exists()


def carried(irc, place, bitlbee, identity, bob_id):
    """Out of this bitlbee into the next: whatever is asked is asked by a line, and answered by one."""
    irc.say("bob", "/dim export to-go")
    for label in ("Passphrase", "The same again"):
        irc.say(asked(irc, label)[0], WORD)
    path = re.search(r"in the file (\S+)\. ", irc.expect(r"Your identity and your contacts are in")).group(1)
    irc.say("bob", "/dim export to-stay")
    irc.say(asked(irc, "a lone - turns away")[0], "-")
    irc.quit()
    irc = Irc(bitlbee.port, "second")
    irc.expect(r"JOIN :?&bitlbee")
    irc.say("&bitlbee", f"account add dim {identity}")
    irc.expect(r"Account successfully added")
    irc.say("&bitlbee", f"account dim set port {place.port}")
    irc.expect(rf"port = `{place.port}'")
    irc.say("&bitlbee", "account dim on")
    asker, line = asked(irc, rf"keys of {identity} are not on this computer")
    shutil.move(path, pathlib.Path(re.search(r"in the folder (\S+)\. ", line).group(1)))
    irc.say(asker, "to-go")
    irc.say(asked(irc, "Passphrase")[0], WORD)
    irc.expect(r"The identity was imported from .*Contacts in it: \d")
    irc.expect(rf"Your DIM ID: {identity}")
    irc.expect(rf"!{bob_id}\S* JOIN")
    irc.quit()
    assert not list(bitlbee.folder.rglob("to-stay*")), "the person had turned away"


def as_seen(irc, place):
    """As an IRC client shows it, from the first account on; without the list of its settings."""
    said = []
    for at, line in enumerate(irc.lines.items):
        said += [f"{to} <tester> {text}" for behind, to, text in irc.typed if behind == at]
        found = re.match(r":([^!]+)!\S+ PRIVMSG (\S+) :(.*)", line)
        if found and not re.match(r"\S+ (= `|is empty)", found[3]):
            # What somebody says to me stands in the window that bears his name.
            window = found[1] if found[2] == "tester" else found[2]
            said.append(f"{window} <{found[1]}> {found[3]}")
    first = next(at for at, line in enumerate(said) if "Account successfully created" in line)
    shown = said[first:]
    return "\n".join(shown).replace(f"{place.folder}/bitlbee/conf", "~/.bitlbee") + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--shots", type=pathlib.Path)
    arguments = parser.parse_args()
    if not (arguments.tools / "usr/sbin/bitlbee").exists():
        print("there is no bitlbee; run cmake/setup.sh")
        return 1
    with rig.Place(arguments.build) as place:
        bitlbee = by_hand.Bitlbee(place, arguments.tools.resolve())
        try:
            bob = place.host("bob")
            bob_id = bob.register("Bob <& Co>", place.port)
            irc = Irc(bitlbee.port, "tester")
            identity = first_login(irc, place)
            talk(irc, bob, bob_id, identity)
            services(irc, bob_id, place.station.identity)
            come_back(irc, bob, identity)
            blocked(irc, bob, identity)
            named_by_nickname(irc, place)
            refusals(irc)
            named_like_markup(irc, place)
            accepted(irc, place, bitlbee, identity, bob, bob_id)
            carried(irc, place, bitlbee, identity, bob_id)
            if arguments.shots:
                (arguments.shots / "bitlbee.txt").write_text(as_seen(irc, place), encoding="utf-8")
            assert bob.quit() == 0
            assert bitlbee.process.poll() is None, "bitlbee died"
            debug_log.judge(bitlbee.folder / "log", bitlbee.folder, place.port, SAID)
        finally:
            bitlbee.stop()
    print("bitlbee: all well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
