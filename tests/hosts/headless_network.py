# SPDX-License-Identifier: GPL-2.0-or-later
"""Stations, proxies and lines that fail or lie, as a host shows them."""
import contextlib
import re
import socket
import sqlite3
import threading

import host_case
import rig


class Network(host_case.HostTest):
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

    def test_debug_lines_are_the_hosts(self):
        port = self.stand_in(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        ann = self.place.host("ann", environment={"DIM_HEADLESS_DEBUG": "1"})
        ann.do("login", name="ann", options={"port": port})
        error = ann.wait("error")
        self.assertFalse(error["fatal"])
        self.assertIn(f"No connection to the station 127.0.0.1, port {port}: It hung up without a word", error["text"])
        self.ends_well(ann)
        self.assertIn("(dim-transport) line down", ann.complaints())
        self.assertNotIn("next try", ann.complaints(), "the host decides when")

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

    def pinned(self, host, identity):
        """What this person's store holds: the station's ID by host and port."""
        with contextlib.closing(sqlite3.connect(host.profile / "dim" / identity / "store.db")) as store:
            return dict(store.execute("SELECT key, label FROM stations"))

    def test_a_mistyped_station_id_is_told_and_the_true_one_stays_pinned(self):
        elsewhere = rig.Station(host_case.BUILD, self.place.folder / "elsewhere")
        self.addCleanup(elsewhere.stop)
        host = self.place.host("host")
        identity = host.register("Ann", self.place.port)
        host.do("logout")
        host.do("option", name="station-id", value=elsewhere.identity)
        host.do("enable")
        error = host.wait("error")
        self.assertTrue(error["fatal"])
        for part in (f"says that it is {self.place.station.identity}", "option “Station's ID”",
                     f"asks for {elsewhere.identity}"):
            self.assertIn(part, error["text"])
        self.assertNotIn("until now", error["text"])
        host.do("logout")
        host.do("option", name="station-id", value="")
        start = host.mark()
        host.do("enable")
        self.assertEqual(host.wait("connected", start=start)["id"], identity)
        self.ends_well(host)
        self.assertEqual(self.pinned(host, identity),
                         {f"127.0.0.1:{self.place.port}": self.place.station.identity})

    def test_finch_is_shown_each_fault_of_a_login_once(self):
        host = self.place.host("host", ui="gnt-purple")
        identity = host.register("Ann", self.place.port)
        shown, fell, fails = [], f"{identity} was disconnected", f"{identity} cannot log in"

        def told(title, what):
            """The next error is shown with this title, or (None) not again; all windows but that one are closed."""
            error = host.wait("error")
            host.wait("disconnected")
            self.assertFalse(error["fatal"])
            if title:
                shown.append((title, title, error["text"]))
            self.assertEqual(windows("notice"), shown, what)
            self.assertEqual(closed(), len(shown) - 1, what)

        def windows(event):
            return [(each.get("title"), each["primary"], each.get("secondary")) for each in host.events(event)
                    if each["primary"] in (fell, fails)]

        def closed():
            return len(windows("notice-closed"))
        self.place.station.stop()
        told(fell, "a line fell")
        host.do("enable")
        told(fails, "it does not come back")
        for _ in range(2):
            host.do("enable")
            told(None, "the host tries again")
        other = rig.free_port()
        host.do("option", name="port", value=other)
        host.do("enable")
        told(fails, "another mistake")
        self.assertIn(str(other), shown[-1][2])
        host.do("enable")
        told(None, "the same mistake")
        host.do("logout")
        host.wait("notice-closed", primary=fails)
        host.do("enable")
        told(fails, "the person tries again")
        host.do("option", name="port", value=self.place.port)
        self.place.restart_station()
        host.do("enable")
        host.wait("connected")
        host.wait("notice-closed", primary=fails)  # nothing is wrong any more
        self.place.station.stop()
        told(fell, "it fell again")
        self.ends_well(host)
        self.assertNotIn("CRITICAL", host.complaints())

    def test_when_one_station_dies_the_next_takes_over_and_nothing_is_lost(self):
        second = rig.Station(host_case.BUILD, self.place.folder / "second")
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
        self.assertEqual(self.pinned(ann, ids[0]), {f"127.0.0.1:{self.place.port}": self.place.station.identity,
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
        self.outlive_a_restart(ann, bob)
        self.talk(ann, bob, bob_id, ["after"])
        self.assertEqual(len(bob.received()), len(texts) + 4, "nothing twice")
        self.ends_well(ann, bob)

    def test_websocket_to_something_else_says_what_answered(self):
        for answer in ("HTTP/1.1 404 Not Found", "HTTP/1.0 400 Bad Request"):
            port = self.stand_in(answer.encode() + b"\r\nContent-Length: 0\r\n\r\n", asked=True)
            host = self.place.host(f"host{port}")
            host.do("login", name="nick", options={"port": port, "transport": "websocket"})
            error = host.wait("error")
            self.assertFalse(error["fatal"])
            self.assertIn(f"did not take the WebSocket. Is the address right? It answered: {answer}", error["text"])
            self.ends_well(host)

    def proxy(self, shake_hands):
        """The port of a proxy that leads to the station, wherever it is asked to go; shake_hands(client) says where."""
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def serve():
            try:
                while True:
                    client, _ = server.accept()
                    shake_hands(client)
                    station = socket.create_connection(("127.0.0.1", self.place.port))
                    for ends in ((client, station), (station, client)):
                        threading.Thread(target=rig.relay, args=ends, daemon=True).start()
            except OSError:
                pass
        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def goes_through(self, kind, port):
        host = self.place.host("host")
        host.do("login", name="nick", options={"station": "station.invalid", "port": 4321,
                                               "proxy": {"type": kind, "host": "127.0.0.1", "port": port}})
        host.wait("connected")
        self.ends_well(host)

    def test_the_accounts_http_proxy_is_obeyed(self):
        asked = []

        def shake_hands(client):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            asked.append(head.split(b"\r\n")[0].decode())
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.goes_through("http", self.proxy(shake_hands))
        self.assertEqual(asked[0].split()[:2], ["CONNECT", "station.invalid:4321"])

    def test_the_accounts_socks_proxy_is_obeyed(self):
        """RFC 1928: no password, and the proxy looks the name up."""
        asked = []

        def shake_hands(client):
            stream = client.makefile("rb")
            version, count = stream.read(2)
            methods = stream.read(count)
            client.sendall(b"\x05\x00")
            head = stream.read(5)
            name = stream.read(head[4])
            asked.append((version, 0 in methods, head[:4], name, int.from_bytes(stream.read(2), "big")))
            client.sendall(b"\x05\x00\x00\x01" + bytes(6))
        self.goes_through("socks5", self.proxy(shake_hands))
        self.assertEqual(asked[0], (5, True, b"\x05\x01\x00\x03", b"station.invalid", 4321))

    def test_a_proxy_that_is_down_is_blamed_and_not_the_station(self):
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        for kind in ("http", "socks5"):
            host = self.place.host(kind)
            host.do("login", name="nick", options={"port": self.place.port,
                                                   "proxy": {"type": kind, "host": "127.0.0.1", "port": port}})
            error = host.wait("error")
            self.assertFalse(error["fatal"])
            self.assertIn(f"the proxy 127.0.0.1, port {port}, and that failed: ", error["text"])
            self.ends_well(host)
