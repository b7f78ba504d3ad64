"""What our core seals, byte for byte: OpenSSL verifies it, the official code verifies, decrypts and parses it.

SPDX-License-Identifier: GPL-2.0-or-later

usage: sealed_test.py --sealer PATH [--venv DIR] [--work DIR]
The contents are those of tests/golden/sent.txt and of tests/vectors/ref_contents.json.
"""

import asyncio
import json
import os
import subprocess
import sys

from bench import HERE, open_bench
from sealed_rows import ROWS

SIGNERS = [("eth", 1024), ("eth", 2048), ("btc", 1024), ("mkm-ecc", 1024), ("mkm-rsa", 1024)]
TESTS = os.path.join(HERE, "..")


def arguments(parser) -> None:
    parser.add_argument("--sealer", required=True)


def all_contents() -> dict:
    """Name to content: what our client sends, then every content of the vectors."""
    found = {}
    with open(os.path.join(TESTS, "golden", "sent.txt"), encoding="utf-8") as source:
        for entry in source.read().split("== ")[1:]:
            name, _, text = entry.partition("\n")
            found["sent " + name] = json.loads(text)
    with open(os.path.join(TESTS, "vectors", "ref_contents.json"), encoding="utf-8") as source:
        for item in json.load(source):
            found["vector " + item["name"]] = item["on_wire"]
    return found


def seal(args, signer, receiver: dict, contents: dict):
    """The messages that our core makes of them, as text."""
    lines = "\n".join(json.dumps(item) for item in [receiver, *contents.values()]) + "\n"
    done = subprocess.run([args.sealer, signer[0], str(signer[1])], input=lines, capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def judged(messages, contents: dict, secrets) -> None:
    """OpenSSL's view: identity, signature, wrapped key, content; and that the judge can say no."""
    from judge import Judge, Rejected, open_message
    judge = Judge()
    for name, message in zip(contents, messages):
        judge.check(message)
        opened = open_message(message, *secrets)
        opened.pop("binding", None)
        assert opened == contents[name], f"{name}: {opened}"
    bent = dict(messages[0], data=("A" if messages[0]["data"][0] != "A" else "B") + messages[0]["data"][1:])
    try:
        judge.check(bent)
    except Rejected:
        return
    raise AssertionError("the judge accepts a changed message")


def simple(value):
    """A value of the package as the rows write it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [simple(item) for item in value]
    if hasattr(value, "to_bytes") and not hasattr(value, "to_map"):
        return value.to_bytes().decode("latin-1")
    if isinstance(value, dict):
        return {name: simple(item) for name, item in value.items()}
    name = type(value).__name__
    return str(value) if name in ("Identifier", "ConstantString", "EntityID") else name


def parsed(content, members) -> dict:
    return {name: simple(getattr(content, name)) for name in members}


async def official_views(party, texts):
    """The contents as the package's own verify, decrypt and parse make them."""
    found = []
    for text in texts:
        reliable = await party.messenger.deserialize_message(data=text.encode())
        secure = await party.messenger.verify_message(msg=reliable)
        assert secure is not None, f"not verified: {text[:200]}"
        instant = await party.messenger.decrypt_message(msg=secure)
        assert instant is not None, f"not decrypted: {text[:200]}"
        found.append(instant.content)
    return found


async def run(args, folder: str, identifier: str) -> None:
    from judge import official_secrets
    from pack_bench import Party
    party = await Party().open(folder, identifier)
    visa = (await party.user.documents)[0]
    receiver = {"id": identifier, "meta": (await party.user.meta).copy_map(), "visa": visa.copy_map()}
    contents, secrets = all_contents(), official_secrets(folder)
    assert list(contents) == [row[0] for row in ROWS], set(contents) ^ {row[0] for row in ROWS}
    for signer in SIGNERS:
        texts = seal(args, signer, receiver, contents)
        assert len(texts) == len(contents)
        judged([json.loads(text) for text in texts], contents, secrets)
        for (name, kind, members), content in zip(ROWS, await official_views(party, texts)):
            assert type(content).__name__ == kind, f"{name}: {type(content).__name__}"
            assert parsed(content, members) == members, f"{name}: {parsed(content, members)}"
        print(f"  {signer[0]} {signer[1]}: {len(texts)} messages", flush=True)


def test(stage, args) -> None:
    from official_common import log_to
    from pack_bench import load_plugins
    identifier = stage.official_account("otto")
    log_to(stage.directory, "sealed")
    load_plugins()
    asyncio.run(run(args, os.path.join(stage.directory, "otto"), identifier))
    print("ok: what our core seals is read")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test, arguments))
