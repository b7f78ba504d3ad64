#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in a libpurple host without windows: accounts, talk, and leaving in every state.

usage: host_headless_test.py --build DIR [unittest arguments]
In a sanitized build every host must also end without a leak: quit() returns 99 for one.
"""
import contextlib
import os
import pathlib
import re
import socket
import sqlite3
import stat
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rig  # noqa: E402

BUILD = None
NETWORK_ERROR = 0
OTHER_ERROR = 16


class HostTest(unittest.TestCase):
    def setUp(self):
        self.place = rig.Place(BUILD)
        self.place.__enter__()
        self.addCleanup(self.place.__exit__, None, None, None)

    def ends_well(self, *hosts):
        for host in hosts:
            status = host.quit()
            complaints = host.complaints()
            self.assertEqual(status, 0, f"{host.profile.name}:\n{complaints[-6000:]}")
            # Of all that is suppressed only this could be ours: see lsan.supp.
            for count, size in re.findall(r"^ *(\d+) +(\d+) gcry_pk_genkey$", complaints, re.MULTILINE):
                self.assertEqual((int(count), int(size)), (1, 128 * 1024))

    def pair(self, **options):
        ann, bob = self.place.host("ann"), self.place.host("bob")
        return ann, bob, ann.register("Ann", self.place.port, **options), bob.register("Bob", self.place.port)

    def talk(self, speaker, hearer, peer, texts):
        start = hearer.mark()
        for text in texts:
            speaker.do("im", to=peer, text=text)
        self.assertEqual([event["text"] for event in hearer.wait_received(len(texts), start)], texts)


class Accounts(HostTest):
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
        self.assertNotIn("PRIVATE KEY", (ann.profile / "accounts.xml").read_text())

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


class Talk(HostTest):
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
        self.assertIn("too large", ann.wait("msg", flags=lambda flags: "error" in flags)["text"])
        self.talk(ann, bob, bob_id, ["still here"])
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
        ann.do("logout")  # the station is asked again at each login, and seldom in between
        ann.do("enable")
        self.assertEqual([event["text"] for event in carol.wait_received(2)], ["hello?", "anybody there?"])
        self.assertEqual(sum("Not sent yet" in event["text"] for event in ann.events("msg")), 1)
        self.ends_well(ann, carol)

    def test_the_station_may_restart(self):
        ann, bob, _, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["before"])
        self.place.restart_station()
        for host in (ann, bob):
            self.assertFalse(host.wait("error")["fatal"])
            host.do("logout")
            host.do("enable")
            host.wait("connected")
        self.talk(ann, bob, bob_id, ["after"])
        self.ends_well(ann, bob)


class People(HostTest):
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

    def test_verbs_answer_as_commands_and_as_text(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["hello"])
        for verb, part in (("id", ann_id), ("help", "/dim fingerprint"), ("version", "purple-dim"),
                           ("fingerprint", "Their key: "), ("new-key", "A new key is being made"),
                           ("nonsense", "/dim help")):
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


class Leaving(HostTest):
    """Every state has a way out: no leak, no late callback, no crash."""

    def silent_port(self):
        """A listener that takes connections and says nothing."""
        server = socket.create_server(("127.0.0.1", 0))
        taken = []

        def accept():
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return
        threading.Thread(target=accept, daemon=True).start()
        self.addCleanup(lambda: [server.close()] + [each.close() for each in taken])
        return server.getsockname()[1]

    def ways(self):
        return ("logout", "remove", "unload", "quit")

    def leave(self, host, way):
        if way != "quit":
            host.do(way)
            if way == "unload":
                host.wait("unloaded", ok=True)
                host.do("load")
                host.wait("loaded", ok=True)
        self.ends_well(host)

    def test_while_keys_are_made(self):
        for way in self.ways():
            host = self.place.host(f"making-{way}")
            host.do("login", name="nick", options={"port": self.place.port, "key-bits": 2048})
            self.leave(host, way)

    def test_while_registering(self):
        for way in self.ways():
            host = self.place.host(f"registering-{way}")
            host.do("register", name="nick", options={"port": self.place.port, "key-bits": 2048})
            self.leave(host, way)

    def test_right_after_registering(self):
        for way in self.ways():
            host = self.place.host(f"registered-{way}")
            host.do("register", name="nick", options={"port": self.place.port})
            host.wait("registered")
            self.leave(host, way)

    def test_while_connecting_and_in_the_handshake(self):
        silent = self.silent_port()
        for way in self.ways():
            host = self.place.host(f"silent-{way}")
            host.do("login", name="nick", options={"port": silent})
            host.wait("progress", text=lambda text: "Connecting" in text)
            self.leave(host, way)
            host = self.place.host(f"handshake-{way}")
            host.do("login", name="nick", options={"port": silent})
            host.wait("progress", text=lambda text: "Logging in" in text)
            self.leave(host, way)

    def test_when_online_with_messages_on_their_way(self):
        for way in self.ways():
            ann, bob = self.place.host(f"ann-{way}"), self.place.host(f"bob-{way}")
            ann.register("Ann", self.place.port)
            bob_id = bob.register("Bob", self.place.port)
            for number in range(20):
                ann.do("im", to=bob_id, text=f"line {number}")
            self.leave(ann, way)
            self.ends_well(bob)

    def test_after_an_error(self):
        for way in self.ways():
            host = self.place.host(f"error-{way}")
            host.do("login", name="nick", options={"port": rig.free_port()})
            error = host.wait("error")
            self.assertFalse(error["fatal"])
            self.assertIn("No connection to the station 127.0.0.1", error["text"])
            self.leave(host, way)

    def test_again_and_again(self):
        host = self.place.host("often")
        host.register("Often", self.place.port)
        for _ in range(20):
            host.do("logout")
            host.wait("disconnected")
            host.do("enable")
            host.wait("connected")
        for _ in range(20):
            host.do("logout")
            host.do("enable")
        host.do("logout")
        host.do("enable")
        host.wait("connected")
        self.ends_well(host)


class Network(HostTest):
    def stand_in(self, reply, asked=False):
        """The port of a server that is no station: it says this to each caller, once asked or at once, and hangs up."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def answer():
            try:
                while True:
                    client, _ = server.accept()
                    if asked:
                        client.recv(4096)
                    client.sendall(reply)
                    client.close()
            except OSError:
                pass
        threading.Thread(target=answer, daemon=True).start()
        return server.getsockname()[1]

    def test_a_port_that_speaks_something_else_is_a_network_error(self):
        port = self.stand_in(b"HTTP/1.0 400 Bad Request\r\n\r\n" * 100)
        host = self.place.host("host")
        host.do("login", name="nick", options={"port": port})
        self.assertFalse(host.wait("error")["fatal"])
        self.ends_well(host)

    def test_a_name_that_does_not_resolve_is_told_in_one_line(self):
        host = self.place.host("host")
        host.do("login", name="nick", options={"station": "station.invalid", "port": self.place.port})
        error = host.wait("error")
        self.assertFalse(error["fatal"])
        self.assertIn("station.invalid", error["text"])
        self.assertNotIn("\n", error["text"])
        self.ends_well(host)

    def test_another_station_at_the_same_address_is_refused_until_its_id_is_in_the_options(self):
        host = self.place.host("host")
        identity = host.register("Ann", self.place.port)
        self.place.move_in_another_station()
        host.wait("error")
        host.do("logout")
        start = host.mark()
        host.do("enable")
        error = host.wait("error", start=start)
        self.assertTrue(error["fatal"])
        for part in ("Somebody may be in between", "station-id", self.place.station.identity):
            self.assertIn(part, error["text"])
        host.do("logout")
        host.do("option", name="station-id", value="nonsense")
        start = host.mark()
        host.do("enable")
        error = host.wait("error", start=start)
        self.assertTrue(error["fatal"])
        self.assertIn("not the ID of a station", error["text"])
        host.do("logout")
        host.do("option", name="station-id", value=self.place.station.identity)
        host.do("enable")
        self.assertEqual(host.wait("connected")["id"], identity)
        self.ends_well(host)

    def test_when_one_station_dies_the_next_takes_over_and_nothing_is_lost(self):
        second = rig.Station(BUILD, self.place.folder / "second")
        self.addCleanup(second.stop)
        # The stations know nothing of each other: with one list both guests meet again at the next.
        listed = f"127.0.0.1:{self.place.port}, 127.0.0.1:{second.port}"
        ann, bob = self.place.host("ann"), self.place.host("bob")
        ids = []
        for host, name in ((ann, "Ann"), (bob, "Bob")):
            ids.append(host.register(name, self.place.port, station=listed))
        self.talk(ann, bob, ids[1], ["at the first"])
        start, heard = ann.mark(), bob.mark()
        self.place.station.stop()
        self.talk(ann, bob, ids[1], ["at the second"])
        self.talk(bob, ann, ids[0], ["and back"])
        self.assertEqual(ann.events("error", start) + bob.events("error", heard), [])
        self.ends_well(ann, bob)
        store = sqlite3.connect(ann.profile / "dim" / ids[0] / "store.db")
        pinned = dict(store.execute("SELECT key, label FROM stations"))
        store.close()
        self.assertEqual(pinned, {f"127.0.0.1:{self.place.port}": self.place.station.identity,
                                  f"127.0.0.1:{second.port}": second.identity})

    def test_settings_that_cannot_work_are_told(self):
        host = self.place.host("host")
        host.do("login", name="nick", options={"station": " ", "port": self.place.port})
        self.assertTrue(host.wait("error")["fatal"])
        host.do("logout")
        host.do("login", options={"station": "127.0.0.1", "port": 99999})
        self.assertTrue(host.wait("error")["fatal"])
        host.do("logout")
        start = host.mark()
        host.do("login", options={"port": self.place.port, "transport": "pigeon"})
        error = host.wait("error", start=start)
        self.assertTrue(error["fatal"])
        self.assertIn("websocket", error["text"])
        self.ends_well(host)

    def test_websocket_is_a_way_too_and_loses_nothing(self):
        tap = rig.Tap(self.place.station.port)
        self.addCleanup(tap.stop)
        ann, bob = self.place.host("ann"), self.place.host("bob")
        ann_id = ann.register("Ann", tap.port, transport="websocket")
        bob_id = bob.register("Bob", self.place.port)
        self.assertTrue(tap.seen.startswith(b"GET / HTTP/1.1\r\n"))
        texts = ["first", "你好\n世界", "x" * 70000] + [f"line {n}" for n in range(50)]
        self.talk(ann, bob, bob_id, texts)
        self.talk(bob, ann, ann_id, texts)
        self.assertNotIn(b"DIM\x42", tap.seen)
        for away, other, away_id in ((ann, bob, ann_id), (bob, ann, bob_id)):
            away.do("logout")
            away.wait("disconnected")
            start = away.mark()
            for number in range(3):
                other.do("im", to=away_id, text=f"away {number}")
            away.do("enable")
            away.wait("connected")
            self.assertEqual([event["text"] for event in away.wait_received(3, start)],
                             [f"away {n}" for n in range(3)])
        self.place.restart_station()
        for host in (ann, bob):
            self.assertFalse(host.wait("error")["fatal"])
            host.do("logout")
            host.do("enable")
            host.wait("connected")
        self.talk(ann, bob, bob_id, ["after"])
        self.assertEqual(len(bob.received()), len(texts) + 4, "nothing twice")
        self.ends_well(ann, bob)

    def test_websocket_to_something_else_says_what_answered(self):
        port = self.stand_in(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", asked=True)
        host = self.place.host("host")
        host.do("login", name="nick", options={"port": port, "transport": "websocket"})
        error = host.wait("error")
        self.assertFalse(error["fatal"])
        self.assertIn("404 Not Found", error["text"])
        self.ends_well(host)

    def test_the_accounts_proxy_is_obeyed(self):
        asked = []
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def relay(source, sink):
            try:
                while chunk := source.recv(65536):
                    sink.sendall(chunk)
            except OSError:
                pass
            for each in (source, sink):
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def http_proxy():
            try:
                while True:
                    client, _ = server.accept()
                    head = b""
                    while b"\r\n\r\n" not in head:
                        head += client.recv(4096)
                    asked.append(head.split(b"\r\n")[0].decode())
                    station = socket.create_connection(("127.0.0.1", self.place.port))
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    for ends in ((client, station), (station, client)):
                        threading.Thread(target=relay, args=ends, daemon=True).start()
            except OSError:
                pass
        threading.Thread(target=http_proxy, daemon=True).start()
        host = self.place.host("host")
        host.do("login", name="nick", options={
            "station": "station.invalid", "port": 4321,
            "proxy": {"type": "http", "host": "127.0.0.1", "port": server.getsockname()[1]}})
        host.wait("connected")
        self.assertEqual(asked[0].split()[:2], ["CONNECT", "station.invalid:4321"])
        self.ends_well(host)


class LeakFinder(unittest.TestCase):
    def test_a_planted_leak_would_be_found(self):
        """In a sanitized build only: an allocation dropped on purpose ends the host with 99."""
        with rig.Place(BUILD) as place:
            host = place.host("leaky")
            host.do("leak")
            told = host.wait("leak")
            status = host.quit()
        self.assertEqual(status, 99 if told["sanitized"] else 0)


if __name__ == "__main__":
    if "--build" in sys.argv:
        at = sys.argv.index("--build")
        BUILD = pathlib.Path(sys.argv[at + 1]).resolve()
        del sys.argv[at:at + 2]
    unittest.main(verbosity=2)
