# SPDX-License-Identifier: GPL-2.0-or-later
"""Talk between two hosts without windows, and the people of a buddy list."""
import re
import time

import host_case
import other_device
import rig


class Talk(host_case.HostTest):
    def test_texts_arrive_both_ways_once_in_order_and_unchanged(self):
        ann, bob, ann_id, bob_id = self.pair()
        texts = ["first", "<b>&\"'", "你好\n世界", "&amp; &lt;br&gt;", "x" * 20000,
                 "http://x.example/?a=1&b=2"] + [f"line {n}" for n in range(20)]
        self.talk(ann, bob, bob_id, texts)
        self.talk(bob, ann, ann_id, texts)
        self.assertEqual(len(bob.received()), len(texts))
        self.ends_well(ann, bob)

    def test_html_of_the_host_becomes_text(self):
        ann, bob, _, bob_id = self.pair()
        ann.do("html", to=bob_id, html="<b>see</b> <a href=\"http://x.example/\">there</a>&nbsp;&copy;")
        self.assertEqual(bob.wait_received(1)[0]["text"], "see there (http://x.example/) ©")
        self.ends_well(ann, bob)

    def test_what_was_written_while_away_comes_with_its_own_time(self):
        ann, bob, _, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["hello"])
        bob.do("logout")
        bob.wait("disconnected")
        start = bob.mark()
        sent = []
        for number in range(3):
            ann.do("im", to=bob_id, text=f"away {number}")
            sent.append(ann.wait("msg", text=f"away {number}")["time"])
        time.sleep(3)
        bob.do("enable")
        got = bob.wait_received(3, start)
        self.assertEqual([event["text"] for event in got], [f"away {n}" for n in range(3)])
        for event, when in zip(got, sent):
            self.assertAlmostEqual(event["time"], when, delta=1)
        self.ends_well(ann, bob)

    def test_a_text_too_long_is_refused_aloud(self):
        ann, bob, _, bob_id = self.pair()
        ann.do("im", to=bob_id, text="x" * (2 << 20))
        self.assertIn("longer than a megabyte", ann.wait("msg", flags=lambda flags: "error" in flags)["text"])
        self.talk(ann, bob, bob_id, ["still here"])
        self.ends_well(ann, bob)

    def test_the_longest_text_arrives(self):
        ann, bob, _, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["ä" * 520000])
        self.ends_well(ann, bob)

    def test_a_name_that_is_no_id_is_refused_aloud(self):
        ann = self.place.host("ann")
        ann.register("Ann", self.place.port)
        ann.do("im", to="nobody", text="hello you")
        line = ann.wait("msg", flags=lambda flags: "error" in flags)
        self.assertIn("hello you", line["text"])
        self.assertIn("not a DIM ID", line["text"])
        self.ends_well(ann)

    def test_a_text_for_somebody_whom_the_station_does_not_know_waits_and_that_is_told_once(self):
        """Nobody tells the one who wrote that the other came: he asks again soon."""
        ann, carol = self.place.host("ann"), self.place.host("carol")
        ann.register("Ann", self.place.port)
        carol.do("register", name="Carol", options={"port": rig.free_port()})
        carol_id = re.search(r"0x[0-9A-Fa-f]{40}",
                             carol.wait("notice", title="Your new DIM identity")["secondary"]).group(0)
        carol.wait("error")
        for text in ("hello?", "anybody there?"):
            ann.do("im", to=carol_id, text=text)
        said = ann.wait("msg", conv=carol_id, flags=lambda flags: "system" in flags)["text"]
        self.assertIn("Not sent yet", said)
        carol.do("logout")
        carol.do("option", name="port", value=self.place.port)
        carol.do("enable")
        carol.wait("connected")
        ann.do("im", to=carol_id, text="now you are")
        self.assertEqual([event["text"] for event in carol.wait_received(3, seconds=45)],
                         ["hello?", "anybody there?", "now you are"])
        self.assertEqual(sum("Not sent yet" in event["text"] for event in ann.events("msg")), 1)
        self.ends_well(ann, carol)

    def test_the_station_may_restart(self):
        ann, bob, _, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["before"])
        self.outlive_a_restart(ann, bob)
        self.talk(ann, bob, bob_id, ["after"])
        self.ends_well(ann, bob)

    def test_what_i_said_on_another_device_stands_here_as_mine(self):
        """To a person in that conversation, to a group under its ID; what is typed there is not lost in silence."""
        ann, bob, ann_id, bob_id = self.pair()
        group = "talk@SdggU6QqxwBmGpLYahmzo9z5MLwXvbTSR"
        self.ends_well(ann)
        ann = self.place.host("ann")
        telephone = other_device.OtherDevice(self.place, ann)
        ann.do("login", name=ann_id, options={"port": self.place.port})
        ann.wait("connected")
        for serial, (to, text) in enumerate([(bob_id, "to Bob"), (group, "to all of you")], 1):
            telephone.said(ann_id, to, text, serial)
            line = ann.wait("msg", conv=to)
            self.assertEqual(line["text"], text if to == bob_id else f"[in group {group}] {text}")
            self.assertTrue({"send", "remote-send"} <= set(line["flags"]) and "recv" not in line["flags"], line)
        ann.do("im", to=group, text="and here?")
        self.assertIn("groups do not work yet", ann.wait("msg", flags=lambda flags: "error" in flags)["text"])
        self.assertEqual(bob.received(), [])
        self.ends_well(ann, bob)


class People(host_case.HostTest):
    def test_buddies_come_back_from_the_store_with_their_names(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=f" {bob_id}/phone ")
        ann.wait("buddy", who=bob_id, online=True, alias="Bob")
        self.ends_well(ann)
        (ann.profile / "blist.xml").unlink()  # as bitlbee, which keeps none
        again = self.place.host("ann")
        again.do("login", name=ann_id, options={"port": self.place.port})
        again.wait("buddy", who=bob_id, online=True, alias="Bob")
        again.do("alias", who=bob_id, alias="Bobby")
        again.wait("buddy", who=bob_id, alias="Bobby")
        again.do("remove-buddy", who=bob_id)
        again.wait("buddy-removed", who=bob_id)
        again.do("logout")
        again.wait("disconnected")
        start = again.mark()
        again.do("enable")
        again.wait("connected")
        again.do("buddies")
        self.assertEqual(again.wait("buddies")["count"], 0)
        self.assertEqual(again.events("buddy", start), [])
        self.ends_well(again, bob)

    def test_an_alias_of_mine_survives_in_the_store(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=bob_id)
        ann.wait("buddy", who=bob_id, alias="Bob")
        ann.do("alias", who=bob_id, alias="Brother")
        ann.wait("buddy", who=bob_id, alias="Brother")
        self.ends_well(ann)
        (ann.profile / "blist.xml").unlink()
        again = self.place.host("ann")
        again.do("login", name=ann_id, options={"port": self.place.port})
        again.wait("buddy", who=bob_id, alias="Brother")
        self.ends_well(again, bob)

    def test_garbage_is_not_added(self):
        ann = self.place.host("ann")
        ann.register("Ann", self.place.port)
        for garbage in ("nobody", "everyone@everywhere", "x" * 500):
            ann.do("add", who=garbage)
            ann.wait("buddy-removed", who=garbage)
            ann.wait("notice", title="Not added")
        ann.do("buddies")
        self.assertEqual(ann.wait("buddies")["count"], 0)
        self.ends_well(ann)

    def test_an_id_in_small_letters_is_that_person(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=bob_id.lower())
        ann.wait("buddy", who=bob_id, online=True, alias="Bob")
        self.talk(ann, bob, bob_id, ["you are there"])
        self.talk(bob, ann, ann_id, ["I am"])
        self.ends_well(ann, bob)

    def test_an_id_with_a_slip_is_not_added(self):
        ann, bob, ann_id, bob_id = self.pair()
        for slip in ("0x98d548788b2b84f3F59224417855F40305779bf2", "0x" + "z" * 40, bob_id[:-1], f"bob@{bob_id}"):
            ann.do("add", who=slip)
            ann.wait("buddy-removed", who=slip)
            ann.wait("notice", title="Not added")
        self.ends_well(ann, bob)

    def test_a_blocked_person_is_not_heard(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(bob, ann, ann_id, ["before"])
        ann.do("deny", who=bob_id)
        bob.do("im", to=ann_id, text="while blocked")
        bob.wait("msg", text="while blocked")
        time.sleep(1)
        ann.do("allow", who=bob_id)
        bob.do("im", to=ann_id, text="after")
        self.assertEqual([event["text"] for event in ann.wait_received(2)], ["before", "after"])
        self.ends_well(ann, bob)

    def test_the_verb_block_says_what_holds_here_and_what_the_stations_hear(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(bob, ann, ann_id, ["before"])

        def says(verb, here):
            start = ann.mark()
            ann.do("cmd", to=bob_id, text=f"/dim {verb}")
            text = ann.wait("msg", start=start, flags=lambda flags: "system" in flags,
                            text=lambda text: "goes by the name" not in text)["text"]
            self.assertIn(here, text)
            self.assertIn("The stations are told", text)
        says("block", "Blocked here: nothing of theirs is shown")
        bob.do("im", to=ann_id, text="while blocked")
        bob.wait("msg", text="while blocked")
        time.sleep(1)
        says("unblock", "No longer blocked")
        ann.do("cmd", to=bob_id, text="/dim mute")  # answered after the list before it was taken
        ann.wait("notice", secondary="The station's mute list: nobody")
        self.talk(bob, ann, ann_id, ["after"])
        self.assertEqual([event["text"] for event in ann.received()], ["before", "after"])
        ann.do("privacy", type=2)  # deny all
        says("unblock", "still not heard, because the privacy settings")
        ann.do("privacy", type=3)  # allow those who are listed
        ann.do("allow", who=bob_id)
        says("block", "can still be heard, because the privacy settings")
        self.ends_well(ann, bob)

    def test_the_name_of_a_stranger_is_told_once_beside_the_id(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(bob, ann, ann_id, ["one", "two"])
        ann.wait("msg", start=0, text=lambda text: "goes by the name" in text)
        ann.do("add", who=bob_id)
        self.talk(bob, ann, ann_id, ["three"])
        said = [event["text"] for event in ann.events("msg") if "goes by the name" in event["text"]]
        self.assertEqual(said, [f"{bob_id}, who is not on your list, goes by the name “Bob”."])
        self.ends_well(ann, bob)

    def test_a_stranger_whom_another_plugin_keeps_out_opens_no_window_by_his_name(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("filter")
        bob.do("im", to=ann_id, text="buy this")
        ann.wait("dropped", who=bob_id)
        ann.do("add", who=bob_id)
        self.talk(bob, ann, ann_id, ["let in"])
        self.assertEqual([event["text"] for event in ann.events("msg")], ["let in"])
        self.ends_well(ann, bob)

    def test_a_stranger_with_the_name_of_a_friend_is_told_apart(self):
        ann, bob, ann_id, _ = self.pair()
        other = self.place.host("other")
        other_id = other.register("BOB", self.place.port)
        ann.do("add", who=other_id)
        ann.wait("buddy", who=other_id, alias="BOB")
        self.talk(bob, ann, ann_id, ["it is me"])
        ann.wait("msg", start=0, text=lambda text: "is another person" in text)
        self.talk(other, ann, ann_id, ["no, me"])
        self.assertEqual(len([event for event in ann.events("msg") if "by the name" in event["text"]]), 1)
        self.ends_well(ann, bob, other)

    def test_an_id_with_its_scheme_is_the_same_person(self):
        """As links have it, and people who copy them."""
        ann, bob, ann_id, bob_id = self.pair()
        for link in (f"dim:{bob_id}", f" DIM:{bob_id}"):
            ann.do("im", to=link, text="one")
            opened = ann.wait("msg", text="one")["conv"]
            bob.wait("msg", text="one")
            bob.do("im", to=ann_id, text="two")
            self.assertEqual(ann.wait("msg", text="two")["conv"], opened)
            ann.do("close", to=bob_id)
        self.ends_well(ann, bob)

    def test_the_longest_name_is_one_person_with_and_without_a_terminal(self):
        ann = self.place.host("ann")
        address = ann.register("Ann", self.place.port, identity="mkm-ecc").split("@")[1]
        who = "银" * (128 - len(f"@{address}/phone")) + "@" + address
        ann.do("add", who=who)
        ann.do("tooltip", who=f"{who}/phone")
        self.assertEqual(ann.wait("tooltip")["who"], who)
        self.ends_well(ann)

    def test_info_and_tooltip_say_who_it_is(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=bob_id)
        ann.wait("buddy", who=bob_id, alias="Bob")
        self.talk(bob, ann, ann_id, ["a sign of life"])
        ann.do("info", who=bob_id)
        text = ann.wait("userinfo", who=bob_id)["text"]
        for part in ("Bob", bob_id, "Key fingerprint", "RSA 1024", "Last seen"):
            self.assertIn(part, text)
        self.assertRegex(text, r"Search number\W.*\d{3}-\d{3}-\d{4}")
        ann.do("tooltip", who=bob_id)
        self.assertIn("end to end", ann.wait("tooltip")["text"])
        bob.do("info", who="garbage")
        self.assertIn("not a DIM ID", bob.wait("userinfo")["text"])
        self.ends_well(ann, bob)

    def test_a_link_opens_the_conversation_of_whom_it_names(self):
        ann, bob, _, bob_id = self.pair()
        for link in (f"dim:{bob_id.lower()}", f"DIM://{bob_id}?x=1"):
            ann.do("link", uri=link)
            ann.wait("opened", conv=bob_id)
        ann.do("link", uri="dim:garbage")
        self.assertIn("not a DIM ID", ann.wait("notice", primary="This link names nobody")["secondary"])
        ann.do("logout")
        ann.wait("disconnected")
        ann.do("link", uri=f"dim:{bob_id}")
        ann.wait("notice", primary="No DIM account is online")
        ann.do("unload")
        ann.wait("unloaded", ok=True)
        ann.do("link", uri=f"dim:{bob_id}")  # nobody's any more
        self.ends_well(ann, bob)

    def test_my_own_id_is_no_buddy(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        ann.do("add", who=identity)
        self.assertIn("your own ID", ann.wait("notice", title="Not added")["secondary"])
        self.ends_well(ann)

    def test_verbs_answer_as_commands_and_as_text(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["hello"])
        for verb, part in (("id", ann_id), ("help", "/dim fingerprint"), ("version", "purple-dim"),
                           ("fingerprint", "Their key: "), ("new-key", "A new key is being made"),
                           ("help", "/dim search WORDS: "), ("nonsense", 'no "/dim nonsense". There is:\n/dim help')):
            ann.do("cmd", to=bob_id, text=f"/dim {verb}")
            self.assertIn(part, ann.wait("msg", flags=lambda flags: "system" in flags)["text"])
        ann.do("action", label="Show my ID")
        self.assertEqual(ann.wait("notice", title="My ID")["secondary"], ann_id)
        plain = self.place.host("plain", ui="BitlBee")
        plain.do("login", name="plain", options={"port": self.place.port})
        plain.wait("connected")
        plain.do("im", to=bob_id, text="/dim id")
        self.assertIn("*** Your DIM ID", plain.wait("msg")["text"])
        self.assertEqual(len(bob.received()), 1)
        self.ends_well(ann, bob, plain)
