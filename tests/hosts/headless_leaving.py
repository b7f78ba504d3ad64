# SPDX-License-Identifier: GPL-2.0-or-later
"""Logging out, unloading and quitting in every state; and that a leak would be seen."""
import socket
import threading
import unittest

import host_case
import rig


class Leaving(host_case.HostTest):
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



class LeakFinder(unittest.TestCase):
    def test_a_planted_leak_would_be_found(self):
        """In a sanitized build only: an allocation dropped on purpose ends the host with 99."""
        with rig.Place(host_case.BUILD) as place:
            host = place.host("leaky")
            host.do("leak")
            told = host.wait("leak")
            status = host.quit()
        self.assertEqual(status, 99 if told["sanitized"] else 0)
