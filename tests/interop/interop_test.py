"""purple-dim against the official packages, over loopback, with OpenSSL as the judge of the wire.

SPDX-License-Identifier: GPL-2.0-or-later

usage: interop_test.py --case a|b|c --headless PATH --plugin-dir DIR --station PATH [--venv DIR] [--work DIR]
a  two accounts of ours through the official station
b  ours and the official client, both directions, through the official station
c  the same through dim-station, and two official clients through it
"""

import os
import sys
import time

from bench import open_bench

LINES = ["hello from {}", "你好，{}，这是中文 🌏", '{}: <b>&"not bold"</b> &amp; \'so\'', "two\nlines of {}",
         "{} long " + "0123456789" * 2000]
AWAY = ["{} away one", "{} away two", "{} away three"]
CLOCK = 3.0  # seconds a shown time may differ from the moment of sending
APART = 1.1  # seconds between two lines: the official station keeps no order within one second


def arguments(parser) -> None:
    parser.add_argument("--case", required=True, choices=("a", "b", "c"))
    parser.add_argument("--headless", required=True)
    parser.add_argument("--plugin-dir", required=True)
    parser.add_argument("--station", help="dim-station, for case c")


def lines_of(forms, name: str):
    return [form.format(name) for form in forms]


def talk(sender, receiver, forms=None) -> None:
    """Every line arrives, unchanged, once and in order."""
    before = len(receiver.received(sender))
    lines = lines_of(forms or LINES, sender.name)
    for line in lines:
        sender.send(receiver, line)
    for line in lines:
        receiver.expect(sender, line)
    got = receiver.received(sender)[before:]
    assert got == lines, f"{sender.name} -> {receiver.name}: {[line[:60] for line in got]}"
    print(f"  {sender.name} -> {receiver.name}: {len(lines)} lines", flush=True)


def receipts_of_ours(official, ours) -> None:
    """Our client answers every text of the official one with its own receipt, and only one."""
    from parties import wait_until
    mine = [sent for sent in official.sent if sent["to"] == ours.id]
    assert mine, "nothing was sent"
    for sent in mine:
        assert wait_until(lambda s=sent: official.receipts(ours, s)), f"no receipt of {ours.name}: {sent['text'][:40]}"
        words = official.receipts(ours, sent)
        assert words == ["Message received."], f"receipts of {ours.name}: {words}"
    print(f"  {ours.name}: {len(mine)} receipts", flush=True)


def offline(sender, receiver) -> None:
    """What is written while the other is away arrives at the next login, once, in order, with its own time."""
    receiver.leave()
    time.sleep(0.5)
    before = len(receiver.received(sender))
    lines, moments = lines_of(AWAY, sender.name), []
    for line in lines:
        moments.append(time.time())
        sender.send(receiver, line)
        time.sleep(APART)
    time.sleep(CLOCK)  # so long that the time of arrival cannot pass for its own
    receiver.come_back()
    for line, moment in zip(lines, moments):
        got = receiver.expect(sender, line)
        assert abs(got["time"] - moment) <= CLOCK, f"{line}: shown at {got['time']}, written at {moment:.1f}"
    time.sleep(1.0)
    got = receiver.received(sender)[before:]
    assert got == lines, f"offline {sender.name} -> {receiver.name}: {got}"
    print(f"  {sender.name} -> {receiver.name}: {len(lines)} lines after a time offline", flush=True)


def forged(port: int, victim) -> str:
    """A text with a wrong signature is never shown, one rightly signed is; returns the stranger's ID."""
    from bare_client import BareClient, Identity, text
    stranger = BareClient(Identity(name="Mallory"), port)
    stranger.name, stranger.id = "Mallory", stranger.identity.id
    try:
        assert stranger.login(), "the bare client could not log in"
        assert stranger.query(victim.id), "the bare client got no visa of its victim"
        stranger.send(text("forged words"), victim.id, attach=True, sign=False)
        stranger.send(text("true words"), victim.id, attach=True)
        victim.expect(stranger, "true words")
        time.sleep(2.0)
        assert victim.received(stranger) == ["true words"], f"forgery shown: {victim.received(stranger)}"
    finally:
        stranger.close()
    print(f"  {victim.name}: a forged text is not shown", flush=True)
    return stranger.id


def judge_wire(tap, parties):
    """All that crossed the wire: identities, signatures, wrapped keys, and no plaintext."""
    from judge import Judge, official_secrets, open_message
    judge, opened = Judge(), 0
    secrets = {party.id: official_secrets(party.data) for party in parties if hasattr(party, "data")}
    ids = {party.id for party in parties}
    seen = tap.messages()
    ours = [m for _, _, m in seen if m["sender"].split("/")[0] in ids]
    assert ours, "the tap saw nothing"
    for _, _, message in seen:
        judge.check(message)
        if message["receiver"] in secrets and message["sender"] in ids:
            opened += "type" in open_message(message, *secrets[message["receiver"]])
    raw = tap.bytes_seen()
    for party in parties:
        for line in lines_of(LINES + AWAY, party.name):
            for form in (line, line.replace("\n", "\\n"), line.encode("unicode_escape").decode()):
                assert form[:200].encode() not in raw, f"plaintext on the wire: {form[:40]}"
    print(f"  judge: {len(seen)} messages checked, {opened} opened, no plaintext", flush=True)
    return judge


def no_complaints(parties) -> None:
    """No error was shown; and the receipts of the official side, "Content not support." among them, are no lines."""
    for party in parties:
        assert not party.complaints(), f"{party.name} saw: {party.complaints()}"
        lines = [event.get("text") or "" for event in party.program.all("msg")]
        assert not [line for line in lines if "not support" in line], f"{party.name} was shown a receipt"


def both_ways(one, other) -> None:
    from parties import Official
    talk(one, other)
    talk(other, one)
    offline(one, other)
    offline(other, one)
    for official, ours in ((one, other), (other, one)):
        if isinstance(official, Official) and not isinstance(ours, Official):
            receipts_of_ours(official, ours)


def case_a(stage, args) -> None:
    from parties import Ours
    _, ready = stage.official_station()
    tap = stage.tap(ready["port"])
    anna, ben = Ours(stage, "anna", tap.port, args), Ours(stage, "ben", tap.port, args)
    both_ways(anna, ben)
    judge_wire(tap, [anna, ben])
    no_complaints([anna, ben])


def mixed(stage, args, port: int):
    """Ours and the official client through whatever listens there; returns the tap and a forger's ID."""
    from judge import public_key
    from parties import Official, Ours
    tap = stage.tap(port)
    anna = Ours(stage, "anna", tap.port, args)
    otto = Official(stage, "otto", tap.port)
    # Ours writes first to one who never heard of it: only meta and visa on the message make that arrive.
    both_ways(anna, otto)
    rosa = Official(stage, "rosa", tap.port, "mkm-rsa")
    talk(rosa, anna, LINES[:2])
    talk(anna, rosa, LINES[:2])
    receipts_of_ours(rosa, anna)
    wide = Ours(stage, "wide", tap.port, args, **{"key-bits": 2048})
    talk(wide, otto, LINES[:2])
    talk(otto, wide, LINES[:2])
    receipts_of_ours(otto, wide)
    parties = [anna, otto, rosa, wide]
    judge = judge_wire(tap, parties)
    assert public_key(judge.visas[wide.id]["key"]).key_size == 2048, "key-bits 2048 made another size"
    no_complaints(parties)
    return tap, forged(port, anna)


def case_b(stage, args) -> None:
    _, ready = stage.official_station()
    mixed(stage, args, ready["port"])


def official_pair(stage, port: int) -> None:
    """Two official clients through our station, which have to ask it for each other first."""
    from parties import Official
    uwe, vera = Official(stage, "uwe", port), Official(stage, "vera", port)
    for one, other in ((uwe, vera), (vera, uwe)):
        one.program.tell(do="query", id=other.id)
        assert one.program.wait("queried")["ok"], f"{one.name} got no visa of {other.name}"
    both_ways(uwe, vera)
    no_complaints([uwe, vera])


def strict_station(tap, port: int, forger: str) -> None:
    """Our station checks every signature: it relays no forged text, and lets no forger log in."""
    from bare_client import BareClient, Identity
    texts = [m for _, _, m in tap.messages("s>c") if m["sender"] == forger and str(m.get("type")) == "1"]
    assert len(texts) == 1, f"{len(texts)} texts of the forger were relayed, one was rightly signed"
    stranger = BareClient(Identity(), port)
    try:
        assert not stranger.login(5.0, sign=False), "a handshake with a wrong signature was accepted"
    finally:
        stranger.close()
    print("  dim-station: relays nothing forged", flush=True)


def nothing_readable(folder: str) -> None:
    """No line of any talk lies readable in the station's files."""
    for base, _, files in os.walk(folder):
        for name in files:
            with open(os.path.join(base, name), "rb") as source:
                data = source.read()
            for who in ("anna", "otto", "rosa", "wide", "uwe", "vera"):
                for line in lines_of(LINES + AWAY, who):
                    assert line[:200].encode() not in data, f"plaintext in {name}: {line[:40]}"


def case_c(stage, args) -> None:
    from redis_server import free_port
    port = free_port()
    station = stage.own_station(args.station, port)
    tap, forger = mixed(stage, args, port)
    strict_station(tap, port, forger)
    official_pair(stage, port)
    station.process.terminate()
    assert station.process.wait(20) == 0, f"dim-station ended with {station.process.returncode}"
    nothing_readable(os.path.join(stage.directory, "dim-station"))


def test(stage, args) -> None:
    {"a": case_a, "b": case_b, "c": case_c}[args.case](stage, args)
    print(f"ok: case {args.case}")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test, arguments))
