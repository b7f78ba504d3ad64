"""One way to drive both kinds of peers: our plugin in the headless host, and the official client.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import time

LATE = 60.0  # seconds; the official station takes its time after a line broke


class Ours:
    """An account of purple-dim in a real libpurple process."""

    def __init__(self, stage, name: str, port: int, paths, **options):
        self.name = name
        self.program = stage.headless(name, paths.headless, paths.plugin_dir)
        self.program.tell(do="register", name=name, options={"station": "127.0.0.1", "port": port, **options})
        made = self.program.wait("registered", LATE)
        assert made["ok"], f"{name}: registration failed"
        self.program.tell(do="login")
        self.id = self.program.wait("connected", LATE)["id"]

    def send(self, peer, text: str) -> None:
        self.program.tell(do="im", to=peer.id, text=text)

    def verb(self, peer, words: str) -> None:
        """Types /dim WORDS into the conversation with this peer."""
        self.program.tell(do="cmd", to=peer.id, text="/dim " + words)
        done = self.program.wait("command", LATE)
        assert done["status"] == 0, f"/dim {words}: {done}"

    def _received(self, peer):
        return [event for event in self.program.all("msg") if "recv" in event["flags"]
                and event["conv"].split("/")[0] == peer.id]

    def expect(self, peer, text: str, timeout: float = LATE) -> dict:
        """The line of this peer with this text; "time" is the moment shown beside it."""
        event = self.program.wait("msg", timeout, where=lambda e: "recv" in e["flags"] and e["text"] == text
                                  and e["conv"].split("/")[0] == peer.id)
        return {"time": event["time"]}

    def received(self, peer):
        return [event["text"] for event in self._received(peer)]

    def leave(self) -> None:
        self.program.tell(do="logout")
        self.program.wait("disconnected", LATE)

    def come_back(self) -> None:
        self.program.tell(do="enable")
        self.program.wait("connected", LATE)

    def complaints(self):
        """Errors that the person in front of the host would have seen."""
        lines = [event["text"] for event in self.program.all("msg") if "error" in event["flags"]]
        notices = [event["primary"] for event in self.program.all("notice")]
        return lines + [notice for notice in notices if notice != "Your new DIM identity"] + \
            [event["text"] for event in self.program.all("error")]


class Official:
    """An account of the official client."""

    def __init__(self, stage, name: str, port: int, kind: str = "eth", *more):
        self.name = name
        self.data = os.path.join(stage.directory, name)
        self.program = stage.official_client(name, port, "--kind", kind, *more)
        self.id = self.program.wait("ready", LATE)["id"]
        self.program.wait("online", LATE)
        self.program.wait("receipt", LATE, text="Document received.")
        self.sent = []

    def send(self, peer, text: str) -> None:
        self.program.tell(do="text", to=peer.id, text=text)
        self.sent.append(self.program.wait("sent", LATE, text=text))

    def expect(self, peer, text: str, timeout: float = LATE) -> dict:
        event = self.program.wait("text", timeout, text=text, **{"from": peer.id})
        return {"time": event["time"]}

    def received(self, peer):
        return [event["text"] for event in self.program.all("text") if event["from"] == peer.id]

    def receipts(self, peer, sent: dict):
        """The words of all receipts that this peer signed for this message."""
        return [event["text"] for event in self.program.all("receipt") if event["from"] == peer.id
                and (event["origin"] or {}).get("signature") == sent["signature"]]

    def leave(self) -> None:
        self.program.tell(do="offline")
        self.program.wait("offline", LATE)

    def come_back(self) -> None:
        self.program.tell(do="online")
        self.program.wait("online", LATE)

    def say(self, peer: str, what: str, about: str = None) -> dict:
        """Says a row of official_contents.py to this ID."""
        self.program.tell(do="say", what=what, to=peer, about=about or peer)
        return self.program.wait("said", LATE, what=what)

    def answers(self, said: dict, *senders):
        """The words of all receipts of these (none named: of anybody) for what was said, sorted."""
        return sorted(event["text"] for event in self.program.all("receipt")
                      if (event["origin"] or {}).get("signature") == said["signature"]
                      and (not senders or event["from"] in senders))

    def complaints(self):
        return [event["text"] for event in self.program.all("error")]


def wait_until(question, timeout: float = LATE) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.1)
    return bool(question())
