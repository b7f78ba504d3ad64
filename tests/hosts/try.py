#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two people talk through a station on this machine; or one host is opened to try it by hand.

usage: try.py --build DIR [--tools DIR] [pidgin|finch|bitlbee]
"""
import argparse
import pathlib
import signal
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rig  # noqa: E402

LONG = "Twenty thousand characters: " + " ".join(f"word{n:04d}" for n in range(2300))


def lines_of(who):
    """Ten lines, each with a word of its own by which it can be found where it must not be."""
    plain = [f"{who} says line {n}: silverbirch-{who}-{n}" for n in range(1, 8)]
    plain.insert(2, f"你好，世界。端到端加密的第一句话：{who}银桦树在风里")
    plain.insert(5, f"markup <b>bold?</b> & \"quotes\" <script> &amp; silverbirch-{who}-markup")
    plain.insert(8, f"{LONG[:20000]} silverbirch-{who}-long")
    return plain


class Talk:
    """What was said and what was seen, and whether the two are the same."""

    def __init__(self, hosts, ids):
        self.hosts = hosts
        self.ids = ids
        self.sent = {0: [], 1: []}
        self.wrong = []

    def say(self, who, text):
        host, peer = self.hosts[who], self.ids[1 - who]
        host.do("im", to=peer, text=text)
        shown = host.wait("msg", flags=lambda flags: "send" in flags, text=text)
        self.sent[who].append((text, shown["seen"], shown["time"]))

    def say_and_wait(self, who, text):
        """As people do: one speaks, the other has heard it before answering."""
        self.say(who, text)
        self.hosts[1 - who].wait_received(len(self.sent[who]))

    def compare(self, reader, seen):
        """All of the other one's lines, once, in order, unchanged. Returns the delays."""
        said = self.sent[1 - reader]
        if [event["text"] for event in seen] != [text for text, _, _ in said]:
            self.wrong.append(f"side {reader + 1} saw {len(seen)} lines that are not the "
                              f"{len(said)} that were written, in order and unchanged")
        strangers = {event["conv"] for event in seen} - {self.ids[1 - reader]}
        if strangers:
            self.wrong.append(f"side {reader + 1} heard from {strangers}")
        for event, (_, _, when) in zip(seen, said):
            if abs(event["time"] - when) > 1:
                self.wrong.append(f"side {reader + 1} saw a time that is {event['time'] - when} s off")
        return [event["seen"] - at for event, (_, at, _) in zip(seen, said)]


def show(name, events, names):
    print(f"\n--- as {name} saw it")
    for event in events:
        mine = "send" in event["flags"]
        if not mine and "recv" not in event["flags"]:
            continue
        clock = time.strftime("%H:%M:%S", time.localtime(event["time"]))
        text = event["text"]
        if len(text) > 100:
            text = f"{text[:70]}… ({len(text.encode())} bytes)"
        late = not mine and event["seen"] - event["time"] > 2
        late = f" (came at {time.strftime('%H:%M:%S', time.localtime(event['seen']))})" if late else ""
        print(f"{clock} {name if mine else names[event['conv']]:>5}: {text}{late}")


def leaks(place, texts, known):
    """Where a plaintext can be found although it must not be there. What is public must be found: the search works."""
    found = []
    places = [("the wire", bytes(place.tap.seen))]
    places += [(str(path.relative_to(place.folder)), path.read_bytes())
               for path in sorted(place.station.data.rglob("*")) if path.is_file()]
    for text in texts:
        for form in rig.disguises(text):
            found += [f"{text[:40]!r} in {where}" for where, data in places if form in data]
    for text in known:
        for where in ("the wire", "the station's files"):
            held = b"".join(data for name, data in places if (name == "the wire") == (where == "the wire"))
            if text.encode() not in held:
                found.append(f"{text} is not in {where}: the search says nothing")
    return found


def marks():
    """The words to look for: those of every line, and a piece of the long one."""
    words = [f"silverbirch-{who}-{n}" for who in ("Ann", "Bob") for n in (*range(1, 8), "markup", "long")]
    return words + [f"{who}银桦树在风里" for who in ("Ann", "Bob")] + ["word0007 word0008", "foxglove-offline"]


def talk(place):
    ann, bob = place.host("ann"), place.host("bob")
    ids = [ann.register("Ann", place.port), bob.register("Bob", place.port)]
    names = {ids[0]: "Ann", ids[1]: "Bob"}
    print(f"station {place.station.identity} on the loopback, port {place.station.port}")
    print(f"Ann is {ids[0]}\nBob is {ids[1]}")
    ann.do("add", who=ids[1])
    bob.do("add", who=ids[0])
    both = Talk([ann, bob], ids)
    for first, second in zip(lines_of("Ann"), lines_of("Bob")):
        both.say_and_wait(0, first)
        both.say_and_wait(1, second)
    ann.wait_received(10)
    bob.wait_received(10)
    quick = both.compare(0, ann.received()) + both.compare(1, bob.received())

    bob.do("logout")
    bob.wait("disconnected")
    for number in range(1, 4):
        both.say(0, f"Ann writes while Bob is away, line {number}: foxglove-offline-{number}")
    wait_until(time.time() + 3)
    bob.do("enable")
    bob.wait("connected")
    bob.wait_received(13)
    wait_until(time.time() + 1.5)  # whatever comes twice has time to do so
    both.compare(0, ann.received())
    both.compare(1, bob.received())
    for name, host in (("Ann", ann), ("Bob", bob)):
        show(name, host.events("msg"), names)
    for name, host in (("Ann", ann), ("Bob", bob)):
        if host.quit() != 0:
            both.wrong.append(f"{name}'s host ended with {host.process.returncode}")
    return both, quick


def wait_until(when):
    while time.time() < when:
        time.sleep(max(0.0, min(0.2, when - time.time())))


def both_ways(build):
    with rig.Place(build, tap=True) as place:
        both, delays = talk(place)
        wrong = both.wrong + leaks(place, marks(), both.ids)
        sent = sum(len(lines) for lines in both.sent.values())
        received = sum(len(host.received()) for host in both.hosts)
        status = place.station.stop()
        if status != 0:
            wrong.append(f"the station ended with {status}")
        wrong += leaks(place, marks(), both.ids)
        held = sum(path.stat().st_size for path in place.station.data.rglob("*") if path.is_file())
    print()
    for line in sorted(set(wrong)):
        print(f"WRONG: {line}")
    print(f"{sent} messages sent, {received} received, median delay {statistics.median(delays) * 1000:.1f} ms, "
          f"{len(place.tap.seen)} bytes on the wire and {held} in the station's files without a plaintext" if not wrong else
          f"{sent} messages sent, {received} received, {len(set(wrong))} things wrong")
    return 1 if wrong else 0


ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def leave(number, _frame):
    """Ends as a person would, so that every process and folder of ours goes too; once begun it is not cut short."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    for each in ENDS:
        signal.signal(each, leave)
    sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows no Chinese
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tools", type=pathlib.Path)
    parser.add_argument("host", nargs="?", choices=["pidgin", "finch", "bitlbee"])
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    try:
        if arguments.host is None:
            return both_ways(build)
        import by_hand
        return by_hand.open_host(arguments.host, build, (arguments.tools or build / "tools").resolve())
    except rig.Failure as why:
        print(f"try: {why}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
