"""Every content and command between the official packages and ours, both ways, through one of the two stations.

SPDX-License-Identifier: GPL-2.0-or-later

usage: wide_test.py --through official|ours --headless PATH --plugin-dir DIR --station PATH [--venv DIR] [--work DIR]
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from asked_rows import (AT_OFFICIAL, AT_OURS, AT_THE_END, BY_ITSELF, OF_A_STATION, STATION, TO_ARCHIVIST, TO_OURS,
                        TO_STATION)
from bench import open_bench
from group_play import Group
from interop_test import judge_wire
from said_rows import COMMANDS, CONTENTS

QUIET = 2.0  # seconds in which what must not come would have come


def arguments(parser) -> None:
    parser.add_argument("--through", required=True, choices=("official", "ours"))
    for name in ("--headless", "--plugin-dir", "--station"):
        parser.add_argument(name, required=True)


class Names:
    """Puts the IDs of this run where the rows have {otto}, {anna}, {bot}."""

    def __init__(self, **ids):
        self.ids = ids

    def fill(self, what):
        if isinstance(what, str):
            return what.format(**self.ids)
        if isinstance(what, list):
            return [self.fill(item) for item in what]
        if isinstance(what, dict):
            return {name: self.fill(item) for name, item in what.items()}
        return what


def has(content: dict, members: dict) -> bool:
    return all(content.get(name) == value for name, value in members.items())


def contents(official, ours) -> None:
    """Each content of the official client has its lines, and one receipt; nothing else is shown."""
    from parties import wait_until
    shown, events = [], []
    for what, lines, receipts in CONTENTS:
        lines = [line.format(me=official.id, peer=ours.id) for line in lines]
        event = official.say(ours.id, what)
        for line in lines:
            ours.expect(official, line)
        shown += lines
        events.append((what, event, receipts))
    for what, event, receipts in events:
        assert wait_until(lambda e=event, r=receipts: official.answers(e, ours.id) == r, 10), \
            f"{what}: answered by {official.answers(event, ours.id)}"
    every = [e for e in official.program.all("receipt") if e["from"] == ours.id and e["text"] == "Message received."]
    plain = sum(receipts == ["Message received."] for _, _, receipts in CONTENTS)
    assert len(every) == plain + 3, f"{len(every)} receipts; 3 should be for what was inside of forwards"
    assert ours.received(official) == shown, ours.received(official)
    print(f"  official -> ours: {len(CONTENTS)} contents", flush=True)


def check_identity(answer: dict, of: str) -> None:
    """A meta, and what documents there are, proved by OpenSSL."""
    from judge import Judge
    judge = Judge()
    judge.learn(answer["did"], answer["meta"], *answer.get("documents", []))
    assert answer["did"] == of and (answer["command"] == "meta" or of in judge.visas), answer


def commands(official, ours) -> None:
    """Each command of the official client is answered as it should be, and never shown."""
    before, events = len(ours.received(official)), []
    for what, receipts, command in COMMANDS:
        event = official.say(ours.id, what)
        if command:
            check_identity(official.program.wait("command", command=command, **{"from": ours.id})["content"], ours.id)
        events.append((what, event, receipts))
    official.send(ours, "and now a line")
    ours.expect(official, "and now a line")
    time.sleep(QUIET)
    wrong = [f"{what}: {official.answers(event, ours.id)}" for what, event, receipts in events
             if official.answers(event, ours.id) != receipts]
    assert not wrong, wrong
    assert ours.received(official)[before:] == ["and now a line"], ours.received(official)[before:]
    print(f"  official -> ours: {len(COMMANDS)} commands", flush=True)


def told(answers):
    """What an official station answers, in words: a receipt's text, else the class and its title."""
    if answers is None:
        return None
    return [(item["content"].get("text") or " ".join([item["class"], *filter(None, [item["content"].get("title")])]))
            for item in answers]


def heard(station, ours, kind: str, members: dict) -> dict:
    """The content of ours that the official station made this class of."""
    return station.wait("heard", where=lambda e: e["class"] == kind and has(e["content"], members), **{"from": ours.id})


def by_itself(station, ours, names: Names, rows) -> None:
    """What our client says without being asked to: login, reports, questions for people."""
    for kind, members, answers in rows:
        event = heard(station, ours, kind, names.fill(members))
        assert told(event["answers"]) == answers, f"{kind}: {told(event['answers'])}"
    print(f"  ours -> official station: {len(rows)} commands by itself", flush=True)


def notice(ours, text: str) -> None:
    ours.program.wait("notice", where=lambda e: e["secondary"] == text)


def verbs_to_station(station, official, ours, names: Names) -> None:
    for verb, kind, members, answers, shown in TO_STATION:
        ours.verb(official, names.fill(verb))
        event = heard(station, ours, kind, names.fill(members))
        assert ("list" in event["content"]) == ("list" in members), f"{verb}: {event['content']}"
        assert told(event["answers"]) == answers, f"{verb}: {told(event['answers'])}"
        if shown:
            notice(ours, names.fill(shown))
    print(f"  ours -> official station: {len(TO_STATION)} verbs", flush=True)


def verbs_to_archivist(bot, official, ours, names: Names) -> None:
    """An official client in the archivist's place answers with what the row says, or with what it was given."""
    backup = None
    for verb, command, members, answer, shown in TO_ARCHIVIST:
        ours.verb(official, verb)
        event = bot.program.wait("command", command=command, **{"from": ours.id})
        assert event["class"] == "BaseCommand" and has(event["content"], members), event
        if answer is None:
            backup = event["content"]
            continue
        reply = backup if isinstance(answer, str) else {"type": 136, "command": command, **names.fill(answer)}
        bot.program.tell(do="send", to=ours.id, content={**reply, "sn": 0})
        bot.program.wait("sent", to=ours.id)
        notice(ours, names.fill(shown))
    print(f"  ours -> official archivist: {len(TO_ARCHIVIST)} verbs", flush=True)


def held(official, ours) -> str:
    """The visa of ours that the official client holds."""
    official.program.tell(do="documents", id=ours.id)
    return official.program.wait("documents")["documents"][0]["data"]


def new_key(official, ours) -> None:
    """The official client is told another key of ours, takes it, and locks for it."""
    from parties import wait_until
    before = held(official, ours)
    ours.verb(official, "new-key")
    event = official.program.wait("command", command="documents", **{"from": ours.id}, where=lambda e: [
        item for item in e["content"].get("documents", []) if item["data"] != before])
    assert event["class"] == "BaseDocumentCommand", event
    check_identity(event["content"], ours.id)
    fresh = event["content"]["documents"][0]["data"]
    assert wait_until(lambda: held(official, ours) == fresh, 10), "the package did not keep the new visa"
    official.send(ours, "for the new key")
    ours.expect(official, "for the new key")
    print("  ours -> official: a new key", flush=True)


def words(ours, official) -> None:
    """Our text and our receipt are of the right classes over there."""
    ours.send(official, "and a text")
    event = official.program.wait("text", text="and a text", **{"from": ours.id})
    assert event["class"] == "BaseTextContent", event
    receipts = {e["class"] for e in official.program.all("receipt") if e["from"] == ours.id}
    assert receipts == {"BaseReceiptCommand"}, receipts


def questions(official, about: str, names: Names, rows) -> None:
    """What the official client asks of a station, and what it reads in the answers."""
    from parties import wait_until
    for what, receipts, answer in rows:
        event = official.say(STATION, what, about=about)
        if answer:
            command, members = answer[0], names.fill(answer[1])
            told_back = official.program.wait("command", command=command, where=lambda e, m=members: (
                has(e["content"], m) and e["from"] != about))["content"]
            if command in ("meta", "documents"):
                check_identity(told_back, about)
            assert what != "users" or {names.ids["otto"], names.ids["anna"]} <= set(told_back["users"]), told_back
        assert wait_until(lambda e=event, r=receipts: official.answers(e) == r, 10), f"{what}: {official.answers(event)}"
    print(f"  official -> station: {len(rows)} questions", flush=True)


class Cast:
    """Ours, two official clients, and a third that is the network's archivist."""

    def __init__(self, stage, args, port: int, bot_id: str):
        from parties import Official, Ours
        self.tap = stage.tap(port)
        port = self.tap.port
        with ThreadPoolExecutor() as pool:  # each takes seconds to begin
            bot = pool.submit(Official, stage, "archie", port, "mkm-ecc", "--bot")
            otto, rosa = (pool.submit(Official, stage, name, port) for name in ("otto", "rosa"))
            self.anna = Ours(stage, "anna", port, args)
            self.bot, self.otto, self.rosa = bot.result(), otto.result(), rosa.result()
        self.anna.program.tell(do="add", who=self.otto.id)
        self.names = Names(anna=self.anna.id, otto=self.otto.id, bot=self.bot.id)
        assert self.bot.id == bot_id

    def play(self) -> None:
        """What is the same through every station."""
        contents(self.otto, self.anna)
        commands(self.otto, self.anna)
        words(self.anna, self.otto)
        verbs_to_archivist(self.bot, self.otto, self.anna, self.names)
        new_key(self.otto, self.anna)
        questions(self.otto, self.anna.id, self.names, OF_A_STATION)
        Group(self.otto, self.rosa, self.bot, self.anna).play()

    def end(self) -> None:
        judge_wire(self.tap, [self.anna, self.otto, self.rosa, self.bot])
        notices = ("DIM", "Your new DIM identity")
        for one in (self.anna, self.otto, self.rosa, self.bot):
            assert not [text for text in one.complaints() if text not in notices], one.complaints()


def blocked(ours, official) -> None:
    """Whom ours blocks is told so by the station, and is not heard until he is unblocked."""
    ours.verb(official, "block")
    notice(ours, "The list of those whom you block is kept.")
    official.send(ours, "is that so?")
    official.program.wait("receipt", text=f'Message is blocked by "{ours.name}"')
    ours.verb(official, "unblock")
    official.send(ours, "thank you")
    ours.expect(official, "thank you")
    assert "is that so?" not in ours.received(official), ours.received(official)
    print("  ours -> dim-station: block and unblock", flush=True)


def services_of_ours(stage, args) -> None:
    """A dim-station in which nobody else is the archivist."""
    from parties import Official, Ours
    from redis_server import free_port
    port = free_port()
    stage.own_station(args.station, port, "services")
    anna, otto = Ours(stage, "berta", port, args), Official(stage, "otto", port)
    otto.send(anna, "hello")
    anna.expect(otto, "hello")
    anna.program.tell(do="add", who=otto.id)
    names = Names(otto=otto.id, anna=anna.id, station=otto.program.find("online", fresh=False)["station"])
    questions(otto, anna.id, names, AT_OURS[:2])
    for verb, shown in TO_OURS:
        anna.verb(otto, names.fill(verb))
        notice(anna, names.fill(shown))
    print(f"  ours -> dim-station: {len(TO_OURS)} verbs", flush=True)
    anna.verb(otto, "who")
    found = anna.program.wait("notice", where=lambda e: (e["secondary"] or "").startswith("2 found: "))["secondary"]
    assert anna.id in found and otto.id in found, found
    blocked(anna, otto)
    questions(otto, anna.id, names, AT_OURS[2:])


def through_the_official_station(stage, args, bot_id: str) -> None:
    station, ready = stage.official_station("station", 0, "--ans", "archivist=" + bot_id)
    cast = Cast(stage, args, ready["port"], bot_id)
    cast.play()
    by_itself(station, cast.anna, cast.names, BY_ITSELF)
    verbs_to_station(station, cast.otto, cast.anna, cast.names)
    questions(cast.otto, cast.anna.id, cast.names, AT_OFFICIAL)
    cast.anna.leave()
    by_itself(station, cast.anna, cast.names, AT_THE_END)
    cast.end()


def through_ours(stage, args, bot_id: str) -> None:
    from redis_server import free_port
    port = free_port()
    stage.own_station(args.station, port, config=f"[ans]\narchivist = {bot_id}\n")
    cast = Cast(stage, args, port, bot_id)
    cast.play()
    cast.end()
    services_of_ours(stage, args)


def test(stage, args) -> None:
    bot_id = stage.official_account("archie", "--kind", "mkm-ecc", "--bot")
    {"official": through_the_official_station, "ours": through_ours}[args.through](stage, args, bot_id)
    print(f"ok: through {args.through}")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test, arguments))
