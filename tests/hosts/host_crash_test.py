#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 at random points of a talk, of the speaker, of the hearer and of the station: each line arrives once.

usage: host_crash_test.py --build DIR [--kills N] [--seed N]
Somebody goes on speaking while one of them is killed, and each fifth kill falls into the moment in which the hearer is shown
what came while it was away. A line counts as said when the speaker's window showed it; a line that was only typed when the
speaker was killed may arrive or not, but never twice. Nothing may be lost. A window and a file cannot change in one step, so a
kill between the two may show one line again: the last one that this life of the hearer showed. Any other line that comes twice
is a failure. At last a kill falls into the sealing of lines that waited for somebody's key. The seed is printed, so that a
failure can be run again.
"""
import argparse
import collections
import contextlib
import pathlib
import random
import re
import sqlite3
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rig  # noqa: E402

BACKLOG = 200  # lines that are said while the hearer is away


class Talk:
    def __init__(self, place, dice):
        self.place = place
        self.dice = dice
        self.number = 0
        self.said = []   # shown in a window of the speaker
        self.heard = []  # for each life of the hearer: what its window showed
        self.in_midst = 0
        self.lives = collections.Counter()
        self.speaker = place.host("speaker-0")
        self.hearer = place.host("hearer-0")
        self.me = self.speaker.register("", place.port)
        self.peer = self.hearer.register("", place.port)

    def say(self, speaker):
        """FALSE if the speaker is dead."""
        self.number += 1
        try:
            speaker.do("im", to=self.peer, text=f"line {self.number}")
        except (OSError, ValueError):
            return False
        return True

    @contextlib.contextmanager
    def talking(self):
        """Lines come one after the other, faster than anybody types, until the end of the block."""
        over, speaker, pace = threading.Event(), self.speaker, random.Random(self.dice.random())

        def speak():
            while not over.is_set() and self.say(speaker):
                time.sleep(pace.choice([0, 0.001, 0.004, 0.02]))
        thread = threading.Thread(target=speak)
        thread.start()
        try:
            time.sleep(self.dice.uniform(0.01, 0.15))
            yield
        finally:
            over.set()
            thread.join()

    def gather_speaker(self):
        self.said += [event["text"] for event in self.speaker.events("msg") if "send" in event["flags"]]

    def gather_hearer(self):
        self.heard.append([event["text"] for event in self.hearer.received()])

    def start(self, host, name, account):
        """A new process on the same profile, which logs in."""
        again = rig.Headless(self.place.build, host.profile)
        self.place.hosts.append(again)
        again.do("login", name=account, options={"station": "127.0.0.1", "port": self.place.port})
        self.lives[name] += 1
        return again

    def kill_speaker(self):
        with self.talking():
            self.speaker.kill()
        self.gather_speaker()
        self.speaker = self.start(self.speaker, "speaker", self.me)
        self.speaker.wait("connected", 90)

    def leave(self):
        with self.talking():
            self.hearer.kill()
        self.gather_hearer()

    def kill_hearer(self):
        self.leave()
        self.hearer = self.start(self.hearer, "hearer", self.peer)
        self.hearer.wait("connected", 90)

    def kill_hearer_for_long(self):
        self.leave()
        for _ in range(BACKLOG):
            self.say(self.speaker)
        self.speaker.wait("msg", 90, start=0, text=f"line {self.number}")
        self.hearer = self.start(self.hearer, "hearer", self.peer)

    def kill_hearer_in_backlog(self):
        """What it was shown at once is a few hundred lines: within them, as often as not."""
        self.hearer.wait("msg", 90)
        time.sleep(self.dice.uniform(0, 0.05))
        self.hearer.kill()
        self.gather_hearer()
        self.in_midst += len(self.heard[-1]) < BACKLOG
        self.hearer = self.start(self.hearer, "hearer", self.peer)  # may be killed while it logs in, too

    def kill_station(self):
        port = self.place.station.port
        marks = [(host, host.mark()) for host in (self.speaker, self.hearer)]
        with self.talking():
            self.place.station.process.kill()
            self.place.station.process.wait()
        self.place.station = rig.Station(self.place.build, self.place.folder / "station", port)
        for host, mark in marks:
            host.wait("disconnected", 90, start=mark)
            host.do("enable")
            host.wait("connected", 90, start=mark)
        self.lives["station"] += 1

    def finish(self):
        """All that was said arrives in the end."""
        self.say(self.speaker)
        self.hearer.wait("msg", 120, start=0, text=f"line {self.number}")
        time.sleep(2)
        self.gather_speaker()
        self.gather_hearer()

    def repeated(self):
        """(lines that a kill may show again, and did; lines that came twice without that excuse)"""
        total = collections.Counter(line for life in self.heard for line in life)
        excused = collections.Counter(life[-1] for life in self.heard[:-1] if life)
        twice = {line: count - 1 for line, count in total.items() if count > 1}
        return (sum(min(count, excused[line]) for line, count in twice.items()),
                [line for line, count in twice.items() if count > excused[line]])


class LateComer:
    """Lines for somebody whom the station does not know yet, and a kill while they are sealed because he came."""
    COUNT = 400

    def __init__(self, place):
        self.lines = [f"parked {n}" for n in range(self.COUNT)]
        speaker, hearer = place.host("early"), place.host("late")
        me = speaker.register("", place.port, identity="mkm-rsa")  # whose seals take their time
        hearer.do("register", name="", options={"port": rig.free_port()})
        peer = re.search(r"0x[0-9A-Fa-f]{40}",
                         hearer.wait("notice", title="Your new DIM identity")["secondary"]).group(0)
        hearer.wait("error")
        for line in self.lines:
            speaker.do("im", to=peer, text=line)
        speaker.wait("msg", 90, start=0, text=self.lines[-1])
        speaker.do("logout")
        speaker.wait("disconnected")
        hearer.do("logout")
        hearer.do("option", name="port", value=place.port)
        hearer.do("enable")
        hearer.wait("connected", 90)
        speaker.do("enable")
        store = speaker.profile / "dim" / me.split("@")[1] / "store.db"
        self.left = self.wait_for_less(store)
        speaker.kill()
        again = rig.Headless(place.build, speaker.profile)
        place.hosts.append(again)
        again.do("login", name=me, options={"station": "127.0.0.1", "port": place.port})
        hearer.wait("msg", 90, start=0, text=self.lines[-1])
        time.sleep(2)
        self.heard = [event["text"] for event in hearer.received()]

    def wait_for_less(self, store):
        """How many lines wait after the first of them have left."""
        end = time.monotonic() + 60
        with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as book:
            while time.monotonic() < end:
                left = book.execute("select count(*) from waiting").fetchone()[0]
                if left < self.COUNT:
                    return left
        return self.COUNT

    def judge(self):
        """TRUE if each line came once, in its order, though the kill came in between."""
        print(f"a kill while parked lines were sealed: {self.left} of {self.COUNT} were left, {len(self.heard)} heard")
        return self.heard == self.lines and 0 < self.left < self.COUNT


def number_of(line):
    return int(line.split()[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--tools")
    parser.add_argument("--kills", type=int, default=250)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    with rig.Place(options.build) as place:
        talk = Talk(place, dice)
        kills = [talk.kill_speaker, talk.kill_hearer, talk.kill_station, talk.kill_hearer_for_long,
                 talk.kill_hearer_in_backlog]
        for number in range(options.kills):
            kills[number % len(kills)]()
        talk.finish()
        late = LateComer(place)
    said, heard = set(talk.said), {line for life in talk.heard for line in life}
    lost = sorted(said - heard, key=number_of)
    excused, twice = talk.repeated()
    twice.sort(key=number_of)
    made_up = sorted(heard - {f"line {n}" for n in range(1, talk.number + 1)})
    print(f"{options.kills} kills {dict(talk.lives)}, {talk.in_midst} of them in the midst of a backlog: "
          f"{talk.number} lines typed, {len(said)} said, {len(heard)} heard; lost {len(lost)} {lost[:10]}, "
          f"twice {len(twice)} {twice[:10]}, the last of a life again {excused}, made up {made_up[:10]}")
    blunt = len(said) < options.kills or talk.in_midst < options.kills // 25
    return 1 if not late.judge() or lost or twice or made_up or blunt else 0


if __name__ == "__main__":
    sys.exit(main())
