"""A play in acts: official clients found a group and change it, and our client believes who belongs to it.

SPDX-License-Identifier: GPL-2.0-or-later

What our client knows of a group is asked by its ear: it shows what a member says there, and not what anybody else says.
"""

import time

QUIET = 1.0  # seconds after a later line, in which one that must not be shown would have been
PATIENCE = 2.0  # seconds for a line
TRIES = 8  # the packages send what changes a group after what is said there


class Group:
    """otto founds it; rosa comes and goes; archie never belongs to it unless somebody says so."""

    def __init__(self, otto, rosa, archie, ours):
        self.otto, self.rosa, self.archie, self.ours = otto, rosa, archie, ours
        self.id = None
        self.lines = 0
        for one in (otto, rosa, archie):
            for other in (otto, rosa, archie, ours):
                if one is not other:  # a client loses what comes from somebody whose visa it does not hold
                    one.program.tell(do="query", id=other.id)
                    assert one.program.wait("queried", 60, id=other.id)["ok"], f"{one.name} got no visa of {other.name}"

    def act(self, who, what: str, members=(), **more):
        if self.id:
            more["group"] = self.id
        who.program.tell(do="group", what=what, members=[member.id for member in members], **more)
        done = who.program.wait("group", 60, what=what)["result"]
        assert done, f"{who.name}: {what}: {done}"
        return done

    def shown(self, words: str):
        return [e for e in self.ours.program.all("msg") if e["text"].endswith(words) and "send" not in e["flags"]]

    def speak(self, who) -> str:
        """Words said in the group's name to ours alone, whoever says them."""
        self.lines += 1
        words = f"{who.name} says {self.lines}"
        who.program.tell(do="send", to=self.ours.id, content={"type": 1, "text": words, "group": self.id})
        who.program.wait("sent", 60, text=words)
        return words

    def heard(self, who) -> None:
        """Ours shows what this one says in the group, at the latest when the last change has arrived."""
        from parties import wait_until
        for _ in range(TRIES):
            words = self.speak(who)
            if wait_until(lambda w=words: self.shown(w), PATIENCE):
                return
        raise AssertionError(f"{who.name} is not heard in the group")

    def unheard(self, who) -> None:
        """Ours shows what the founder says after this one, and not what this one said."""
        for _ in range(TRIES):
            words = self.speak(who)
            self.heard(self.otto)
            time.sleep(QUIET)
            if not self.shown(words):
                return
        raise AssertionError(f"what {who.name} says in the group is shown, though no member says it")

    def unchanged_by(self, who, members, *still) -> None:
        """Ours hears a reset by one who may not, and goes on hearing these."""
        from parties import wait_until
        self.act(who, "reset", members)
        asked = who.say(self.ours.id, "meta query of another")  # its answer comes when the reset has been read
        assert wait_until(lambda: who.answers(asked, self.ours.id) == ["Meta not found."], 30), "no answer"
        for one in still:
            self.heard(one)

    def changed_by(self, who, members) -> None:
        """An administrator brings in the last of these; the bulletin that makes him one may come later than his deed."""
        from parties import wait_until
        for _ in range(TRIES):
            self.act(who, "reset", members)
            words = self.speak(members[-1])
            if wait_until(lambda w=words: self.shown(w), PATIENCE):
                return
        raise AssertionError(f"{who.name} is an administrator, and what he did is not believed")

    def play(self) -> None:
        otto, rosa, archie, ours = self.otto, self.rosa, self.archie, self.ours
        self.id = self.act(otto, "create", [otto, rosa, ours])
        self.act(otto, "text", text="said by the founder")
        ours.program.wait("msg", 60, where=lambda e: e["text"].endswith("said by the founder"))
        self.heard(rosa)
        self.unheard(archie)
        self.act(rosa, "text", text="said by a member")
        ours.program.wait("msg", 60, where=lambda e: e["text"].endswith("said by a member"))
        self.act(rosa, "quit")
        self.unheard(rosa)
        self.act(rosa, "join", [otto, ours])
        self.unheard(rosa)  # a wish
        self.act(otto, "invite", [rosa])
        self.heard(rosa)
        self.act(otto, "expel", [rosa])
        self.unheard(rosa)
        self.act(otto, "invite", [rosa])
        self.heard(rosa)
        self.unchanged_by(rosa, [rosa, ours], otto)
        self.act(otto, "administrators", [rosa])
        self.changed_by(rosa, [otto, rosa, ours, archie])
        self.act(rosa, "resign", [otto, ours])
        self.unchanged_by(rosa, [otto, rosa, ours], archie)
        print("  official -> ours: a group in twelve acts", flush=True)
