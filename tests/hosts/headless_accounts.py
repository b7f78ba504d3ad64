# SPDX-License-Identifier: GPL-2.0-or-later
"""Accounts in a host without windows: made, found again, refused with a sentence."""
import contextlib
import json
import os
import re
import sqlite3
import stat

import host_case
import rig


class Accounts(host_case.HostTest):
    def visa_at_the_station(self, identity):
        """The signed properties that everybody can ask the station for."""
        path = next(self.place.station.data.rglob("*.db"))
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            rows = [json.loads(value) for (value,) in file.execute("SELECT value FROM documents")]
        return next(json.loads(row["data"]) for row in rows if row["did"] == identity)

    def test_registration_makes_an_identity_names_the_account_by_it_and_logs_in(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        self.assertRegex(identity, r"^0x[0-9A-Fa-f]{40}$")
        self.assertEqual(ann.events("connected")[-1]["account"], identity)
        told = ann.wait("notice", start=0, title="Your new DIM identity")
        self.assertIn("Ann", told["secondary"])
        self.assertIn(identity, told["secondary"])
        folder = ann.profile / "dim"
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode) & 0o077, 0)
        stores = list(folder.glob("*/store.db"))
        self.assertEqual(len(stores), 1)
        self.assertEqual(stat.S_IMODE(stores[0].stat().st_mode), 0o600)
        self.ends_well(ann)
        visa = self.visa_at_the_station(identity)
        self.assertEqual(visa["name"], "Ann")
        self.assertEqual(visa["app"], {"id": "purple-dim", "name": "purple-dim"})
        self.assertEqual(visa["sys"], {"os": os.uname().sysname})
        self.assertNotIn("PRIVATE KEY", (ann.profile / "accounts.xml").read_text())

    def test_a_key_size_that_there_is_not_is_refused(self):
        for bits in (0, -1, 512, 4096):
            ann = self.place.host(f"ann{bits}")
            ann.do("register", name="Ann", options={"port": self.place.port, "key-bits": bits})
            self.assertFalse(ann.wait("registered")["ok"])
            error = ann.wait("error")
            self.assertTrue(error["fatal"])
            self.assertIn("1024 or 2048 bits", error["text"])
            self.ends_well(ann)

    def test_registration_needs_no_name(self):
        ann = self.place.host("ann")
        self.assertTrue(ann.register("", self.place.port))
        self.ends_well(ann)

    def test_every_kind_of_identity_can_talk(self):
        bob = self.place.host("bob")
        bob_id = bob.register("Bob", self.place.port)
        for kind in ("mkm-rsa", "mkm-ecc", "btc"):
            ann = self.place.host(f"ann-{kind}")
            ann_id = ann.register("Ann", self.place.port, identity=kind)
            self.assertEqual(ann_id.startswith("Ann@"), kind.startswith("mkm"))
            self.talk(ann, bob, bob_id, [f"I am {kind}"])
            self.talk(bob, ann, ann_id, [f"hello {kind}"])
            self.ends_well(ann)
        self.ends_well(bob)

    def test_a_bare_nick_gets_an_identity_at_first_login_and_keeps_it(self):
        ann = self.place.host("ann", ui="BitlBee")
        ann.do("login", name="annie", options={"port": self.place.port})
        notice = ann.wait("notice", primary=lambda text: "annie" in (text or ""))
        first = ann.wait("connected")
        self.assertEqual(first["account"], "annie")
        self.assertIn(first["id"], notice["primary"])
        ann.do("logout")
        ann.wait("disconnected")
        ann.do("enable")
        self.assertEqual(ann.wait("connected")["id"], first["id"])
        self.ends_well(ann)
        again = self.place.host("ann", ui="BitlBee")
        again.do("login", name="annie", options={"port": self.place.port})
        self.assertEqual(again.wait("connected")["id"], first["id"])
        self.ends_well(again)

    def test_an_id_without_keys_is_told_so_for_good(self):
        ann = self.place.host("ann")
        ann.do("login", name="0x52908400098527886E0F7030069857D2E4169EE7", options={"port": self.place.port})
        error = ann.wait("error")
        self.assertTrue(error["fatal"])
        self.assertIn("keys", error["text"])
        self.ends_well(ann)

    def test_a_failed_id_becomes_no_nickname(self):
        good = "0x52908400098527886E0F7030069857D2E4169EE7"
        for number, name in enumerate(("0x1234", f"{good[:20]} {good[20:]}", "0X" + "z" * 40, "ann@example.org",
                                       f"{good[:-1]}e", f"ann@{good}", "dim:annie")):
            for verb in ("login", "register"):
                ann = self.place.host(f"{verb}{number}")
                ann.do(verb, name=name, options={"port": self.place.port})
                error = ann.wait("error")
                self.assertTrue(error["fatal"])
                self.assertIn(f"“{name}” is not a DIM ID", error["text"])
                self.assertIn("no nickname", error["text"])
                self.ends_well(ann)
                self.assertEqual(list((ann.profile / "dim").glob("*/store.db")), [])

    def test_an_id_is_no_name_for_a_new_identity(self):
        ann = self.place.host("ann")
        ann.do("register", name="0x52908400098527886E0F7030069857D2E4169EE7", options={"port": self.place.port})
        self.assertIn("is an ID already", ann.wait("error")["text"])
        self.ends_well(ann)

    def test_an_account_may_be_named_by_a_link(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        self.ends_well(ann)
        again = self.place.host("ann")
        again.do("login", name=f"dim:{identity}", options={"port": self.place.port})
        self.assertEqual(again.wait("connected")["id"], identity)
        self.ends_well(again)

    def test_one_identity_in_two_accounts_of_one_program_is_told_for_good(self):
        ann = self.place.host("ann", ui="BitlBee")
        ann.do("login", name="annie", options={"port": self.place.port})
        identity = ann.wait("connected")["id"]
        ann.do("login", name=identity, options={"port": self.place.port})
        error = ann.wait("error")
        self.assertTrue(error["fatal"])
        self.assertIn("Another account of this program", error["text"])
        self.ends_well(ann)

    def test_one_identity_in_two_processes_waits_for_the_other_to_leave(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        second = self.place.host("ann")
        second.do("login", name=identity, options={"port": self.place.port})
        error = second.wait("error")
        self.assertFalse(error["fatal"])
        self.assertIn("Another program", error["text"])
        self.ends_well(ann)
        second.do("logout")
        second.do("login", name=identity, options={"port": self.place.port})
        self.assertEqual(second.wait("connected")["id"], identity)
        self.ends_well(second)

    def test_the_id_that_is_told_once_stays_when_the_first_login_fails(self):
        ann = self.place.host("ann", ui="gnt-purple")
        ann.do("login", name="annie", options={"port": rig.free_port()})
        told = ann.wait("notice", title="Your new DIM identity")
        self.assertIn(next((ann.profile / "dim").glob("*/store.db")).parent.name, told["secondary"])
        ann.wait("error")
        ann.wait("disconnected")
        ann.do("logout")
        ann.wait("notice-closed", primary="annie cannot log in")
        self.assertNotIn(told["primary"], [event["primary"] for event in ann.events("notice-closed")])
        self.ends_well(ann)

    def test_a_damaged_store_is_told_and_not_overwritten(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        self.ends_well(ann)
        store = next((ann.profile / "dim").glob("*/store.db"))
        for leftover in store.parent.glob("store.db-*"):
            leftover.unlink()
        garbage = os.urandom(8192)
        store.write_bytes(garbage)
        again = self.place.host("ann")
        again.do("login", name=identity, options={"port": self.place.port})
        error = again.wait("error")
        self.assertTrue(error["fatal"])
        kept = [path for path in store.parent.iterdir() if path.is_file() and path.read_bytes() == garbage]
        self.assertEqual(len(kept), 1)
        self.assertIn(kept[0].name, error["text"])
        self.assertIn(str(store.parent), error["text"])
        self.ends_well(again)

    def test_after_a_damaged_store_no_new_identity_takes_its_place_unasked(self):
        ann = self.place.host("ann", ui="BitlBee")
        ann.do("login", name="annie", options={"port": self.place.port})
        ann.wait("connected")
        self.ends_well(ann)
        store = next((ann.profile / "dim").glob("*/store.db"))
        whole = store.read_bytes()
        store.write_bytes(os.urandom(len(whole)))
        kept = None
        for _ in range(3):  # by the nick and by the ID
            for name in ("annie", store.parent.name):
                again = self.place.host("ann", ui="BitlBee")
                again.do("login", name=name, options={"port": self.place.port})
                error = again.wait("error")
                self.ends_well(again)
                self.assertTrue(error["fatal"])
                self.assertEqual(again.events("notice") + again.events("connected"), [])
                kept = kept or next(store.parent.glob("store.db.damaged-*"))
                self.assertIn(kept.name, error["text"])
                self.assertIn(str(store.parent), error["text"])
                self.assertFalse(store.exists(), "nothing in its place")
        self.assertEqual([path.name for path in (ann.profile / "dim").iterdir() if path.is_dir()],
                         [store.parent.name])
        store.write_bytes(whole)  # the backup that the text asks for
        again = self.place.host("ann", ui="BitlBee")
        again.do("login", name="annie", options={"port": self.place.port})
        self.assertEqual(again.wait("connected")["id"], store.parent.name)
        self.ends_well(again)

    def test_a_store_of_a_newer_version_is_told_and_left_as_it_is(self):
        ann = self.place.host("ann")
        identity = ann.register("Ann", self.place.port)
        self.ends_well(ann)
        store = next((ann.profile / "dim").glob("*/store.db"))
        with contextlib.closing(sqlite3.connect(store)) as file:
            file.execute("PRAGMA user_version = 99")
            file.commit()
        before = store.read_bytes()
        again = self.place.host("ann")
        again.do("login", name=identity, options={"port": self.place.port})
        error = again.wait("error")
        self.assertTrue(error["fatal"])
        self.assertIn("newer version", error["text"])
        self.ends_well(again)
        self.assertEqual(store.read_bytes(), before)
