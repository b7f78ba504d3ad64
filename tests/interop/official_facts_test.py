"""Asks the running official station and client which forms they take; README.md holds the answers.

SPDX-License-Identifier: GPL-2.0-or-later

usage: official_facts_test.py [--venv DIR] [--work DIR]
A difference is no fault of ours but news: the wire has changed, and README.md and the core want a look.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bench import open_bench


def receipts_for(client, message: dict):
    return [content["text"] for _, content in list(client.received) if content and content.get("command") == "receipt"
            and content.get("origin", {}).get("signature") == message["signature"]]


def probe(port: int, official, label: str, identity, login=None, **variant) -> str:
    """What happens to a stranger of this form: refused, deaf (no answer reaches him), or talks."""
    from bare_client import BareClient, text
    from harness import Missing
    client = BareClient(identity, port)
    try:
        if not client.login(6, **(login or {})):
            return "refused"
        assert client.query(official.id), f"{label}: no visa of the official client"
        client.send(text("probe " + label), official.id, attach=True, **variant)
        try:
            official.expect(None, "probe " + label, 8)
        except Missing:
            return "unheard"
        official.program.tell(do="text", to=identity.id, text="back " + label)
        heard = client.wait(lambda content, _: content.get("text") == "back " + label, 8)
        answered = any("Message received." == (content or {}).get("text") for _, content in client.received)
        return "talks" if heard and answered else "deaf"
    finally:
        client.close()


def bent(kind: str = "eth", meta_without: str = None, visa_without=(), **options):
    """An identity with members left out of its meta or visa."""
    from bare_client import Identity
    identity = Identity(kind, **options)
    if meta_without:
        del identity.meta[meta_without]
    for name in visa_without:
        del identity.visa[name]
    return identity


def lower_case():
    identity = bent()
    identity.id = identity.id.lower()
    identity.visa = identity.make_visa("lower")
    return identity


def with_terminal():
    identity = bent()
    identity.visa = identity.make_visa("terminal", outside={"terminal": "purple"})
    return identity


def facts():
    """(label, expected, identity, variant of the handshake, variant of the text)."""
    dressed = bent()
    return [
        ("eth", "talks", bent(), {}, {}), ("btc", "talks", bent("btc"), {}, {}),
        ("mkm-ecc", "talks", bent("mkm-ecc", seed="carl"), {}, {}),
        ("mkm-rsa", "talks", bent("mkm-rsa", seed="dora"), {}, {}),
        ("legacy byte", "talks", bent("mkm-ecc", seed="old", network=8), {}, {}),
        ("visa of 2048 bits", "talks", bent(bits=2048), {}, {}),
        ("visa of 2048 bits, no keySize", "talks", bent(bits=2048, visa_key_members={"keySize": None}), {}, {}),
        ("key of 130 hex", "talks", bent(ecc_form="hex65"), {}, {}),
        ("key of 66 hex", "talks", bent(ecc_form="hex33"), {}, {}),
        ("key of 128 hex", "refused", bent(ecc_form="hex64"), {}, {}),
        ("keys only", "talks", bent(), {"keys": "keys"}, {"keys": "keys"}),
        ("key only", "talks", bent(), {"keys": "key"}, {"keys": "key"}),
        ("type as integer", "talks", bent(), {"type": 136}, {"type": 1}),
        ("no type", "talks", bent(), {}, {"type": None}),
        ("sender with terminal", "deaf", dressed, {}, {"sender": dressed.id + "/purple"}),
        ("visa with terminal", "talks", with_terminal(), {}, {}),
        ("lower case", "refused", lower_case(), {}, {}),
        ("visa without did", "talks", bent(visa_without=("did",)), {}, {}),
        ("visa without any ID", "talks", bent(visa_without=("did", "ID")), {}, {}),
        ("meta without version", "talks", bent(meta_without="version"), {}, {}),
        ("meta without type", "talks", bent(meta_without="type"), {}, {}),
        ("wrong signature", "talks", bent(), {"sign": False}, {"sign": False}),
    ]


class Listener:
    """The official client, heard by the words alone."""

    def __init__(self, stage, port: int):
        from parties import Official
        self.client = Official(stage, "otto", port)
        self.id, self.program = self.client.id, self.client.program

    def expect(self, _peer, words: str, timeout: float) -> None:
        self.program.wait("text", timeout, text=words)


def dialogue(port: int, official) -> dict:
    """The station's answers to single messages, as far as README.md tells them."""
    from bare_client import STATION, BareClient, Identity, command, text
    client = BareClient(Identity(), port)
    try:
        assert client.login() and client.query(official.id)
        found = {}

        def say(label, content, receiver=STATION, **variant):
            message = client.send(content, receiver, **variant)
            time.sleep(2.0)
            found[label] = sorted(receipts_for(client, message))
            return message

        nobody = Identity().id
        say("stranger without attachments", text("unattached"), official.id)
        say("attached", text("attached"), official.id, attach=True)
        again = client.seal(text("twice"), official.id)
        client.write(again)
        time.sleep(2.0)
        client.write(again)
        time.sleep(2.0)
        found["twice"] = sorted(receipts_for(client, again))
        say("text to the station", text("hi"), client.station)
        say("unknown user", command("document", did=nobody, ID=nobody))
        say("not newer", command("document", did=official.id, ID=official.id, last_time=time.time()))
        say("oneself", command("document", did=client.identity.id, ID=client.identity.id))
        say("report", command("report", title="online"))
        say("unknown command", command("nonsense"))
        return found
    finally:
        client.close()


ANSWERS = {
    "stranger without attachments": ["Message cached.", "Message delivered."],
    "attached": ["Content not support.", "Message cached.", "Message delivered.", "Message received."],
    "twice": ["Content not support.", "Message cached.", "Message delivered.", "Message received."],
    "text to the station": ["Content not support."],
    "unknown user": ["Document not found."],
    "not newer": ["Document not updated."],
    "oneself": [],
    "report": ["Online received."],
    "unknown command": ["Command not support."],
}


def test(stage) -> None:
    _, ready = stage.official_station()
    port = ready["port"]
    official = Listener(stage, port)
    news = []
    with ThreadPoolExecutor(4) as pool:
        rows = [(label, expected, pool.submit(probe, port, official, label, identity, login, **variant))
                for label, expected, identity, login, variant in facts()]
    for label, expected, done in rows:
        found = done.result()
        print(f"  {label}: {found}", flush=True)
        if found != expected:
            news.append(f"{label}: {found}, was {expected}")
    for label, found in dialogue(port, official).items():
        print(f"  {label}: {found}", flush=True)
        if found != ANSWERS[label]:
            news.append(f"{label}: {found}, was {ANSWERS[label]}")
    words = [event["text"] for event in official.program.all("text")]
    if "unattached" in words or words.count("twice") != 1:
        news.append("a text from a stranger without attachments is no longer lost, or a duplicate is shown")
    assert not news, "the official packages behave differently:\n  " + "\n  ".join(news)
    print("ok: the official packages behave as README.md says")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test))
