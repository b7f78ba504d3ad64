# SPDX-License-Identifier: GPL-2.0-or-later
"""An identity and its contacts, carried from one profile to another in a file under a passphrase."""
import os
import stat

import host_case

WORD = "Zwölf <b>&amp; \"Boxkämpfer\""
ENDING = ".dim-identity"


class Carry(host_case.HostTest):
    def exported(self, host, peer, name="", word=WORD):
        """What is told of it."""
        host.do("answer", typed=f"{word}\n{word}")
        host.do("cmd", to=peer, text=f"/dim export {name}".rstrip())
        return host.wait("notice", title="Export")["secondary"]

    def ann_with_bob(self):
        """Ann, who has Bob on her list under a name of her own, and her file."""
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=bob_id)
        ann.wait("buddy", who=bob_id, alias="Bob")
        ann.do("alias", who=bob_id, alias="my <Bob>")
        path = self.place.folder / f"ann{ENDING}"
        told = self.exported(ann, bob_id, path)
        self.assertIn(str(path), told)
        self.assertIn("is you", told)
        return ann, bob, ann_id, bob_id, path

    def logs_in_with(self, path, identity, word=WORD, ui=None, **more):
        """A second profile that is asked for file and passphrase."""
        second = self.place.host("second", ui=ui)
        second.do("answer", typed=f"{path}\n{word}", **more)
        second.do("login", name=identity, options={"port": self.place.port})
        return second

    def is_ann(self, second, bob, ann_id, bob_id):
        self.assertEqual(second.wait("connected")["id"], ann_id)
        second.wait("buddy", who=bob_id, alias="my <Bob>")
        self.talk(second, bob, bob_id, ["I am here now"])
        self.talk(bob, second, ann_id, ["so I see"])

    def test_a_second_profile_becomes_who_i_am_and_knows_whom_i_know(self):
        ann, bob, ann_id, bob_id, path = self.ann_with_bob()
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count("BEGIN ENCRYPTED PRIVATE KEY"), 2)
        for secret in (bob_id, "my <Bob>", WORD):
            self.assertNotIn(secret, text)
        self.ends_well(ann)
        second = self.logs_in_with(path, ann_id)
        self.assertIn("Contacts in it: 1", second.wait("notice", title="Import")["secondary"])
        self.is_ann(second, bob, ann_id, bob_id)
        self.ends_well(second, bob)
        again = self.place.host("second")  # nothing is asked any more
        again.do("login", name=ann_id, options={"port": self.place.port})
        self.assertEqual(again.wait("connected")["id"], ann_id)
        self.assertEqual(again.events("request"), [])
        self.ends_well(again)

    def test_a_file_in_the_usual_place_is_found(self):
        ann, bob, ann_id, bob_id = self.pair()
        ann.do("add", who=bob_id)
        ann.do("alias", who=bob_id, alias="my <Bob>")
        self.exported(ann, bob_id)
        self.ends_well(ann)
        self.place.host("second").quit()
        folder = self.place.folder / "second" / "dim"
        folder.mkdir(mode=0o700)
        os.rename(ann.profile / "dim" / f"{ann_id}{ENDING}", folder / f"{ann_id}{ENDING}")
        second = self.place.host("second")
        second.do("answer", typed=WORD)
        second.do("login", name=ann_id, options={"port": self.place.port})
        self.is_ann(second, bob, ann_id, bob_id)
        self.assertEqual([event["kind"] for event in second.events("request")], ["fields"])
        self.ends_well(second, bob)

    def test_where_there_are_no_dialogs_each_answer_is_a_line(self):
        ann, bob, ann_id, bob_id, path = self.ann_with_bob()
        self.ends_well(ann)
        folder = self.place.folder / "second" / "dim"
        folder.mkdir(mode=0o700, parents=True)
        os.rename(path, folder / "me.dim-identity")
        for name, why in ((str(folder / "me.dim-identity"), "without a folder"), ("../me", "without a folder"),
                          (".me", "without a folder"), ("other", "cannot be read"), ("-", "keys of")):
            second = self.logs_in_with(name, ann_id, ui="BitlBee")
            error = second.wait("error")
            self.assertTrue(error["fatal"])
            self.assertIn(why, error["text"])
            self.ends_well(second)
        second = self.logs_in_with("me", ann_id, ui="BitlBee")
        self.is_ann(second, bob, ann_id, bob_id)
        self.assertEqual([event["kind"] for event in second.events("request")], ["input", "input"])
        second.do("answer", typed="&lt;word&gt;")  # as bitlbee hands it on
        second.do("im", to=bob_id, text="/dim export again")
        self.assertIn("again.dim-identity", second.wait("notice", primary=lambda text: "is you" in (text or ""))["primary"])
        self.ends_well(second)
        third = self.place.host("third")
        third.do("answer", typed=f"{folder / 'again.dim-identity'}\n<word>")
        third.do("login", name=ann_id, options={"port": self.place.port})
        self.is_ann(third, bob, ann_id, bob_id)
        self.ends_well(third, bob)

    def test_what_cannot_be_opened_is_told_and_leaves_nothing(self):
        ann, bob, ann_id, bob_id, path = self.ann_with_bob()
        whole = path.read_bytes()
        torn, junk = self.place.folder / "torn", self.place.folder / "junk"
        torn.write_bytes(whole[:len(whole) // 2])
        junk.write_bytes(os.urandom(5000))
        for file, word, why in ((path, "another word", "passphrase is wrong"), (path, "", "passphrase is wrong"),
                                (torn, WORD, "no file with a DIM identity"), (junk, WORD, "no file with a DIM identity"),
                                (self.place.folder, WORD, "no plain file"), ("/dev/zero", WORD, "no plain file"),
                                (self.place.folder / "none", WORD, "cannot be read")):
            second = self.logs_in_with(file, ann_id, word)
            error = second.wait("error")
            self.assertTrue(error["fatal"])
            self.assertIn(why, error["text"])
            self.ends_well(second)
        second = self.logs_in_with(path, bob_id)
        self.assertIn(f"another identity, {ann_id}", second.wait("error")["text"])
        self.ends_well(second)
        second = self.logs_in_with(path, ann_id, accept=False)
        self.assertIn("keys of", second.wait("error")["text"])
        self.ends_well(second)
        self.assertEqual(list((second.profile / "dim").glob("*/store.db")), [])
        self.ends_well(ann, bob)

    def test_nothing_is_written_over_or_without_a_passphrase_typed_twice(self):
        ann, bob, _, bob_id, path = self.ann_with_bob()
        before = path.read_bytes()
        self.assertIn("is a file of this name already", self.exported(ann, bob_id, path))
        self.assertEqual(path.read_bytes(), before)
        other = self.place.folder / "other"
        self.assertIn("Without a passphrase", self.exported(ann, bob_id, other, ""))
        self.assertIn("No such file", self.exported(ann, bob_id, other / "deeper"))
        ann.do("answer", typed="one\nanother")
        ann.do("cmd", to=bob_id, text=f"/dim export {other}")
        self.assertIn("not the same twice", ann.wait("notice", title="Export")["secondary"])
        ann.do("answer", accept=False)
        ann.do("cmd", to=bob_id, text=f"/dim export {other}")
        ann.wait("request")
        self.assertFalse(other.exists())
        self.ends_well(ann, bob)

    def test_the_menu_asks_for_the_file_too(self):
        ann, bob, ann_id, bob_id = self.pair()
        path = self.place.folder / "by-menu"
        ann.do("answer", typed=f"{path}\n{WORD}\n{WORD}")
        ann.do("action", label="Export Identity and Contacts...")
        self.assertIn(str(path), ann.wait("notice", title="Export")["secondary"])
        bob.do("answer", typed=f"{path}\n{WORD}")
        bob.do("action", label="Import Identity or Contacts...")
        self.assertIn(ann_id, bob.wait("notice", title="Import")["secondary"])
        self.ends_well(ann, bob)

    def test_an_import_of_this_very_identity_adds_the_contacts_that_are_new(self):
        ann, bob, ann_id, bob_id, path = self.ann_with_bob()
        carol = self.place.host("carol")
        carol_id = carol.register("Carol", self.place.port)
        ann.do("remove-buddy", who=bob_id)
        ann.do("add", who=carol_id)
        ann.do("answer", typed=WORD)
        for new in (1, 0):
            ann.do("cmd", to=carol_id, text=f"/dim import {path}")
            self.assertIn(f"new to your list: {new}", ann.wait("notice", title="Import")["secondary"])
        start = ann.mark()
        ann.do("buddies")
        self.assertEqual(ann.wait("buddies")["count"], 2)
        self.assertEqual(ann.events("buddy", start)[0]["alias"] and
                         {event["alias"] for event in ann.events("buddy", start)}, {"my <Bob>", "Carol"})
        self.ends_well(ann, bob, carol)

    def test_another_identity_is_put_beside_if_the_person_says_so(self):
        ann, bob, ann_id, bob_id, path = self.ann_with_bob()
        self.ends_well(ann)
        for accept, count in ((False, 1), (True, 2)):
            bob.do("answer", typed=WORD)
            bob.do("cmd", to=ann_id, text=f"/dim import {path}")
            bob.wait("request", kind="fields")
            bob.do("answer", accept=accept)
            self.assertEqual(bob.wait("request", kind="action")["title"], "Import")
            if accept:
                self.assertIn("Add a DIM account", bob.wait("notice", title="Import")["secondary"])
            self.assertEqual(len(list((bob.profile / "dim").glob("*/store.db"))), count)
        self.ends_well(bob)
        second = self.place.host("bob")
        second.do("login", name=ann_id, options={"port": self.place.port})
        self.assertEqual(second.wait("connected")["id"], ann_id)
        second.wait("buddy", who=bob_id, alias="my <Bob>")
        self.ends_well(second)

    def test_who_leaves_in_the_middle_leaves_nothing_behind(self):
        ann, bob, _, bob_id = self.pair()
        path = self.place.folder / "never"
        for verb, typed in ((f"export {path}", "a\na"), ("import", "")):
            ann.do("answer", typed=typed)
            ann.do("cmd", to=bob_id, text=f"/dim {verb}")
            ann.do("logout")
            ann.wait("disconnected")
            ann.do("enable")
            ann.wait("connected")
        ann.do("answer", typed="word\nword")
        ann.do("cmd", to=bob_id, text=f"/dim export {path}")
        ann.wait("request", kind="fields")
        self.ends_well(ann, bob)
