# SPDX-License-Identifier: GPL-2.0-or-later
"""The services of our own station, as a host asks for them and shows what comes back."""
import host_case


class Services(host_case.HostTest):
    def asks(self, host, peer, verb):
        """What the network says to a verb, in the end."""
        start = host.mark()
        host.do("cmd", to=peer, text=f"/dim {verb}")
        return host.wait("notice", start=start)["secondary"]

    def test_people_are_found_by_name_and_by_being_here(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["hello"])
        for _ in range(2):  # in the clear, and locked for the station once its name is known
            self.assertEqual(self.asks(ann, bob_id, "search BOB"), f"1 found: Bob {bob_id}")
            self.assertEqual(self.asks(ann, bob_id, "search nobody-at-all"), "Nobody was found.")
            here = self.asks(ann, bob_id, "who")
            self.assertTrue(here.startswith("2 found: ") and bob_id in here and ann_id in here, here)
            self.assertEqual(self.asks(ann, bob_id, "name"), f"archivist is {self.place.station.identity}")
        self.ends_well(ann, bob)

    def test_the_station_keeps_lists_and_relays_nothing_of_the_blocked(self):
        ann, bob, ann_id, bob_id = self.pair()
        self.talk(bob, ann, ann_id, ["before"])
        self.assertEqual(self.asks(ann, bob_id, "block"), "The list of those whom you block is kept.")
        self.assertEqual(self.asks(ann, bob_id, f"mute {bob_id}"), "The list of those whom you mute is kept.")
        self.assertIn(bob_id, self.asks(ann, bob_id, "mute"))
        bob.do("im", to=ann_id, text="while blocked")
        bob.wait("msg", text=lambda text: 'Message is blocked by "Ann"' in text)
        self.assertTrue(self.asks(bob, ann_id, "who").startswith("1 found: "))  # he sees himself alone
        self.assertEqual(self.asks(ann, bob_id, "unblock"), "The list of those whom you block is kept.")
        self.talk(bob, ann, ann_id, ["after"])
        self.ends_well(ann, bob)

    def test_contacts_that_were_kept_come_back(self):
        ann, bob, _, bob_id = self.pair()
        self.talk(ann, bob, bob_id, ["hello"])
        self.assertEqual(self.asks(ann, bob_id, "restore"), "The network answers: Contacts not found.")
        ann.do("add", who=bob_id)
        ann.wait("buddy", who=bob_id)
        self.assertEqual(self.asks(ann, bob_id, "backup"), "Your contacts are kept, locked for you alone.")
        self.assertIn("Contacts in the backup: 1. None of them is new.", self.asks(ann, bob_id, "restore"))
        ann.do("remove-buddy", who=bob_id)
        self.assertIn("Contacts in the backup: 1. New ones: 1;", self.asks(ann, bob_id, "restore"))
        self.assertEqual(self.asks(bob, bob_id, "restore"), "The network answers: Contacts not found.")
        self.ends_well(ann, bob)
