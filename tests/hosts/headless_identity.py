# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person says of himself, in a host without windows: others see it."""
import time

import host_case
import rig


class Identity(host_case.HostTest):
    def says(self, host, peer, verb):
        start = host.mark()
        host.do("cmd", to=peer, text=f"/dim {verb}")
        return host.wait("msg", start=start)["text"]

    def until(self, true):
        """What the host does after an answer, it does in a later turn of its loop."""
        deadline = time.monotonic() + rig.PATIENCE
        while not true():
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.05)

    def seen_as(self, host, who, name):
        """Whoever has me on the list sees it without asking."""
        host.wait("buddy", who=who, start=0, alias=name)

    def test_a_nickname_is_changed_by_its_verb_and_by_the_menu(self):
        ann, bob, ann_id, bob_id = self.pair()
        bob.do("add", who=ann_id)
        self.talk(ann, bob, bob_id, ["hello"])
        self.seen_as(bob, ann_id, "Ann")
        self.assertIn("Ann", self.says(ann, bob_id, "nickname"))
        self.assertIn("“Zoë Tess”", self.says(ann, bob_id, "nickname Zoë Tess"))
        self.talk(ann, bob, bob_id, ["I am another now"])
        self.seen_as(bob, ann_id, "Zoë Tess")
        ann.do("answer", typed="Ann the Third")
        ann.do("action", label="Set Nickname...")
        ann.wait("request", title="Nickname")
        self.until(lambda: "Ann the Third" in self.says(ann, bob_id, "nickname"))
        carol = self.place.host("carol")  # who was told so lately as Bob asks again after a while only
        carol_id = carol.register("Carol", self.place.port)
        carol.do("add", who=ann_id)
        self.talk(ann, carol, carol_id, ["hello"])
        self.seen_as(carol, ann_id, "Ann the Third")
        ann.do("answer", accept=False, typed="Nobody")
        ann.do("action", label="Set Nickname...")
        self.assertIn("Ann the Third", self.says(ann, bob_id, "nickname"))
        self.ends_well(ann, bob, carol)

    def test_a_nickname_that_is_an_id_or_too_long_is_refused(self):
        ann, bob, _, bob_id = self.pair()
        for typed, why in ((bob_id, "is an ID already"), ("x" * 65, "64 letters"), ("a@b", "not a DIM ID")):
            self.assertIn(why, self.says(ann, bob_id, f"nickname {typed}"))
            ann.do("answer", typed=typed)
            start = ann.mark()
            ann.do("action", label="Set Nickname...")
            self.assertIn(why, ann.wait("notice", start=start, title="Nickname")["secondary"])
        self.assertIn("Ann", self.says(ann, bob_id, "nickname"))
        self.assertIn("ID alone", self.says(ann, bob_id, "nickname -"))
        self.ends_well(ann, bob)

    def test_it_survives_the_next_login(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.says(ann, bob_id, "nickname Zoë")
        ann.do("logout")
        ann.wait("disconnected")
        ann.do("enable")
        ann.wait("connected", start=ann.mark())
        self.assertIn("Zoë", self.says(ann, bob_id, "nickname"))
        self.ends_well(ann, bob)
