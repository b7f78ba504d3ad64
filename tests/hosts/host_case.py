# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test in a host without windows starts from: a place, two people, a clean end."""
import re
import unittest

import rig

BUILD = None  # set by the program
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

    def outlive_a_restart(self, *hosts):
        """The station ends and begins anew; each of these sees it and comes back."""
        self.place.restart_station()
        for host in hosts:
            self.assertFalse(host.wait("error")["fatal"])
            host.do("logout")
            host.do("enable")
            host.wait("connected")

    def talk(self, speaker, hearer, peer, texts):
        start = hearer.mark()
        for text in texts:
            speaker.do("im", to=peer, text=text)
        self.assertEqual([event["text"] for event in hearer.wait_received(len(texts), start)], texts)
