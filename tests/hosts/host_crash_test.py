#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 at random points of a talk, of the speaker, of the hearer and of the station: each line arrives once.

usage: host_crash_test.py --build DIR [--kills N] [--seed N]
A line counts as said when the speaker's window showed it; a line that was only typed when the speaker was killed may
arrive or not, but never twice. The seed is printed, so that a failure can be run again.
"""
import argparse
import collections
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rig  # noqa: E402


class Talk:
    def __init__(self, place, dice):
        self.place = place
        self.dice = dice
        self.number = 0
        self.said = []      # shown in a window of the speaker
        self.heard = []     # shown in a window of the hearer, over all its lives
        self.lives = collections.Counter()
        self.speaker = place.host("speaker-0")
        self.hearer = place.host("hearer-0")
        self.me = self.speaker.register("", place.port)
        self.peer = self.hearer.register("", place.port)

    def speak(self, seconds):
        """Lines at a person's hurried pace, each with its number."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.number += 1
            try:
                self.speaker.do("im", to=self.peer, text=f"line {self.number}")
            except BrokenPipeError:
                return
            time.sleep(self.dice.uniform(0.005, 0.08))

    def gather(self, host, flag, into):
        into += [event["text"] for event in host.events("msg") if flag in event["flags"]]

    def revive(self, host, name, account):
        """A new process on the same profile."""
        profile = host.profile
        again = rig.Headless(self.place.build, profile)
        self.place.hosts.append(again)
        again.do("login", name=account, options={"station": "127.0.0.1", "port": self.place.port})
        again.wait("connected", 90)
        self.lives[name] += 1
        return again

    def kill_speaker(self):
        self.speaker.kill()
        self.gather(self.speaker, "send", self.said)
        self.speaker = self.revive(self.speaker, "speaker", self.me)

    def kill_hearer(self):
        self.hearer.kill()
        self.gather(self.hearer, "recv", self.heard)
        self.speak(self.dice.uniform(0, 0.3))  # meanwhile
        self.hearer = self.revive(self.hearer, "hearer", self.peer)

    def kill_station(self):
        port = self.place.station.port
        marks = [(host, host.mark()) for host in (self.speaker, self.hearer)]
        self.place.station.process.kill()
        self.place.station.process.wait()
        self.speak(self.dice.uniform(0, 0.3))
        self.place.station = rig.Station(self.place.build, self.place.folder / "station", port)
        for host, mark in marks:
            host.wait("disconnected", 90, start=mark)
            host.do("enable")
            host.wait("connected", 90, start=mark)
        self.lives["station"] += 1

    def finish(self):
        """All that was said arrives in the end."""
        self.number += 1
        last = f"line {self.number}"
        self.speaker.do("im", to=self.peer, text=last)
        self.hearer.wait("msg", 120, start=0, text=last)
        time.sleep(2)
        self.gather(self.speaker, "send", self.said)
        self.gather(self.hearer, "recv", self.heard)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--tools")
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    with rig.Place(options.build) as place:
        talk = Talk(place, dice)
        kills = [talk.kill_speaker, talk.kill_hearer, talk.kill_station]
        for number in range(options.kills):
            talk.speak(dice.uniform(0.05, 0.6))
            kills[number % 3]()
        talk.finish()
    said, heard = set(talk.said), collections.Counter(talk.heard)
    lost = sorted(said - set(heard), key=lambda line: int(line.split()[1]))
    twice = sorted(line for line, count in heard.items() if count > 1)
    made_up = sorted(set(heard) - {f"line {n}" for n in range(1, talk.number + 1)})
    print(f"{options.kills} kills {dict(talk.lives)}: {talk.number} lines typed, {len(said)} said, {len(heard)} heard; "
          f"lost {lost[:10]}, twice {twice[:10]}, made up {made_up[:10]}")
    return 1 if lost or twice or made_up or len(said) < options.kills else 0


if __name__ == "__main__":
    sys.exit(main())
