"""The official station and two official clients among themselves: proof that the test bench itself works.

SPDX-License-Identifier: GPL-2.0-or-later

usage: official_alone_test.py [--venv DIR] [--work DIR]
Both directions, receipts, offline delivery; every message on the tapped wire is judged with OpenSSL.
"""

import sys
import time

from bench import open_bench

LINES = ["hello", "你好，世界 🌍", '<b>&"quoted"</b>\nsecond line', "x" * 20000]


def talk(sender, receiver, receiver_id: str, sender_id: str) -> None:
    for line in LINES:
        sender.tell(do="text", to=receiver_id, text=line)
        sent = sender.wait("sent", text=line)
        got = receiver.wait("text", text=line)
        assert got["from"] == sender_id and got["sn"] == sent["sn"] and got["time"] == sent["time"], got
        for words in ("Message delivered.", "Message received."):
            sender.wait("receipt", where=lambda e, w=words, s=sent: e["text"] == w and e["origin"]["signature"] ==
                        s["signature"])


def offline(sender, receiver, receiver_id: str) -> None:
    receiver.tell(do="offline")
    receiver.wait("offline")
    sent = []
    for number in range(3):
        sender.tell(do="text", to=receiver_id, text=f"while away {number}")
        sent.append(sender.wait("sent", text=f"while away {number}"))
        time.sleep(1.1)
    receiver.tell(do="online")
    receiver.wait("online")
    for item in sent:
        got = receiver.wait("text", text=item["text"])
        assert got["time"] == item["time"], "an offline message keeps its own time"


def test(stage) -> None:
    from judge import Judge, Rejected, official_secrets, open_message
    station, ready = stage.official_station()
    tap = stage.tap(ready["port"])
    alice = stage.official_client("alice", tap.port)
    bob = stage.official_client("bob", tap.port)
    ids = {client: client.wait("ready", 60)["id"] for client in (alice, bob)}
    for client in (alice, bob):
        client.wait("online", 60)
        # The visa reaches the station only after the login, and an official client asks once in ten minutes.
        client.wait("receipt", text="Document received.")
    for client, peer in ((alice, bob), (bob, alice)):
        # An official client loses what comes from someone whose visa it does not hold: both ask first.
        client.tell(do="query", id=ids[peer])
        assert client.wait("queried")["ok"]
    talk(alice, bob, ids[bob], ids[alice])
    talk(bob, alice, ids[alice], ids[bob])
    offline(alice, bob, ids[bob])
    time.sleep(1)
    judge, texts = Judge(), 0
    secret = {identifier: official_secrets(f"{stage.directory}/{client.label}") for client, identifier in ids.items()}
    for _, _, message in tap.messages():
        judge.check(message)
        if message["receiver"] in secret and str(message.get("type")) == "1":
            texts += "text" in open_message(message, *secret[message["receiver"]])
    assert texts >= 2 * (2 * len(LINES) + 3), f"only {texts} texts could be opened by the judge"
    broken = next(m for _, _, m in tap.messages("c>s") if str(m.get("type")) == "1")
    try:
        judge.check({**broken, "data": broken["data"][:-8] + "AAAAAA=="})
    except Rejected:
        pass
    else:
        raise AssertionError("the judge accepts a changed ciphertext")
    assert not [e for c in (alice, bob) for e in c.all("error")], "a client reported an error"
    print(f"ok: {texts} texts on the wire, all judged and opened")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test))
