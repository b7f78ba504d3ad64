# SPDX-License-Identifier: GPL-2.0-or-later
"""What a real host's debug log must hold, our states of a login, and what it must not: keys and what was said."""
import base64
import contextlib
import json
import re
import sqlite3
import time

import rig

LOGIN = ["connecting", "connected", "shaking hands", "online"]
CHUNK = 24  # characters of a key that are enough to say that it stands in the log


def chunks(secret):
    """Pieces of one key as it may be written down: as it is stored, and its bytes in hex."""
    data = json.loads(secret)["data"]
    body = "".join(re.sub(r"-----[^-]+-----", "", data).split())
    raw = base64.b64decode(body).hex()
    forms = [body[at:at + CHUNK] for at in range(0, len(body) - CHUNK + 1, CHUNK)]
    forms += [raw[at:at + 2 * CHUNK] for at in range(0, len(raw) - 2 * CHUNK + 1, 2 * CHUNK)]
    return forms


def secrets_of(profile):
    """Pieces of every key under this folder that is its owner's alone: private keys, and keys of talk."""
    found, private, talk = [], 0, 0
    for path in profile.rglob("store.db"):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            for (value,) in store.execute("SELECT value FROM self WHERE key LIKE '%key%'"):
                assert b"PRIVATE KEY" in value
                found.append(bytes(value).decode())
                private += 1
            for (value,) in store.execute("SELECT value FROM talk_keys"):
                found.append(bytes(value).decode())
                talk += 1
    assert private >= 2 and talk >= 1, f"{private} private keys and {talk} talk keys: the search says nothing"
    return [piece for secret in found for piece in chunks(secret)]


def states(text, port):
    return re.findall(rf"dim-session: \S+, port {port}: (.+)", text)


def judge(path, profile, port, said):
    """Asserts that the log tells a login by its states, and holds no key of the profile and nothing that was said."""
    deadline = time.monotonic() + 10
    while True:  # the host may still be writing
        text = path.read_text(encoding="utf-8", errors="replace")
        seen = states(text, port)
        if any(seen[at:at + 4] == LOGIN for at in range(len(seen))):
            break
        assert time.monotonic() < deadline, f"{path}: no login in it, only {seen}\n{text[-2000:]}"
        time.sleep(0.2)
    assert "means nothing here" not in text, f"{path}: a login meets what it does not expect\n{text[-2000:]}"
    for piece in secrets_of(profile):
        assert piece not in text, f"{path}: a piece of a key stands in the log"
    for line in said:
        for form in rig.disguises(line):
            assert form not in text.encode(), f"{path}: {line!r} stands in the log"
