"""How many 100-byte texts the official client packs and unpacks per second in one process.

SPDX-License-Identifier: GPL-2.0-or-later

usage: pack_bench.py [--identity eth|mkm-rsa] [--count N] [--data DIR]
Prints {"identity":…,"count":N,"pack_per_s":…,"unpack_per_s":…}. Run it with the Python of the interop environment.
Pack: content -> instant -> encrypted -> signed -> JSON. Unpack: JSON -> verified -> decrypted -> content. No socket.
Rates are of processor time, and of the fastest burst of the run: what else the machine does must not flatter us.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from official_common import claim_stdout, log_to, make_account, read_account, write_config  # noqa: E402

BYTES = 100
BURST = 50


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--identity", default="eth", choices=("eth", "mkm-rsa", "mkm-ecc"))
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--data", help="folder for the two accounts (default: temporary)")
    parser.add_argument("--make-account", help=argparse.SUPPRESS)
    return parser.parse_args()


def load_plugins() -> None:
    from dimples.client.compat import ClientLibraryLoader
    ClientLibraryLoader().run()


def account(args, name: str) -> str:
    """An account made in a process of its own (see make_account); both live in one folder, as local users."""
    directory = os.path.join(args.data, name)
    os.makedirs(directory, exist_ok=True)
    if read_account(directory) is None:
        write_config(directory)
        subprocess.run([sys.executable, os.path.abspath(__file__), "--data", args.data, "--identity", args.identity,
                        "--make-account", name], check=True, stdout=sys.stderr)
    return read_account(directory)


class Party:
    """One user with the package's own facebook and messenger, without a connection."""

    async def open(self, directory: str, identifier: str) -> "Party":
        from dimsdk import ID
        from dimples.client import ClientChecker, ClientFacebook, ClientMessagePacker, ClientMessenger
        from dimples.client import ClientMessageProcessor
        from dimples.common import CommonArchivist
        from dimples.database import AccountDatabase, MessageDatabase
        from dimples.utils import Config
        config = Config()
        await config.load(path=os.path.join(directory, "config.ini"))
        self.database = AccountDatabase(config=config)
        self.facebook = ClientFacebook(database=self.database)
        self.facebook.barrack = CommonArchivist(facebook=self.facebook, database=self.database)
        self.facebook.checker = ClientChecker(facebook=self.facebook, database=self.database)
        self.messenger = ClientMessenger(session=None, facebook=self.facebook,
                                         database=MessageDatabase(config=config))
        self.messenger.packer = ClientMessagePacker(facebook=self.facebook, messenger=self.messenger)
        self.messenger.processor = ClientMessageProcessor(facebook=self.facebook, messenger=self.messenger)
        self.id = ID.parse(identifier=identifier)
        self.user = await self.facebook.get_user(identifier=self.id)
        await self.facebook.set_current_user(user=self.user)
        return self

    async def meet(self, other: "Party") -> None:
        await self.facebook.archivist.save_meta(meta=await other.user.meta, identifier=other.id)
        for document in await other.user.documents:
            await self.facebook.archivist.save_document(document=document, identifier=other.id)

    async def pack(self, receiver, words: str) -> bytes:
        from dimax import TextContent
        from dimsdk import Envelope, InstantMessage
        head = Envelope.create(sender=self.id, receiver=receiver)
        message = InstantMessage.create(head=head, body=TextContent.create(text=words))
        secure = await self.messenger.encrypt_message(msg=message)
        reliable = await self.messenger.sign_message(msg=secure)
        return await self.messenger.serialize_message(msg=reliable)

    async def unpack(self, data: bytes) -> str:
        reliable = await self.messenger.deserialize_message(data=data)
        secure = await self.messenger.verify_message(msg=reliable)
        instant = await self.messenger.decrypt_message(msg=secure)
        return instant.content.get("text")


async def measure(args, ids) -> dict:
    alice = await Party().open(os.path.join(args.data, "a"), ids[0])
    bob = await Party().open(os.path.join(args.data, "b"), ids[1])
    await alice.meet(bob)
    await bob.meet(alice)
    lines = [f"{number:06d} ".ljust(BYTES, "x") for number in range(args.count)]
    await bob.unpack(await alice.pack(bob.id, "warm-up"))
    pack_seconds, unpack_seconds = [], []
    for part in (lines[at:at + BURST] for at in range(0, args.count - BURST + 1, BURST)):
        started = time.process_time()
        packets = [await alice.pack(bob.id, line) for line in part]
        packed = time.process_time()
        got = [await bob.unpack(packet) for packet in packets]
        ended = time.process_time()
        if got != part:
            raise RuntimeError("what was unpacked is not what was packed")
        pack_seconds.append(packed - started)
        unpack_seconds.append(ended - packed)
    return {"identity": args.identity, "count": args.count, "pack_per_s": round(BURST / min(pack_seconds), 1),
            "unpack_per_s": round(BURST / min(unpack_seconds), 1)}


def run(args, out) -> None:
    ids = [account(args, name) for name in ("a", "b")]
    load_plugins()
    log_to(args.data, "bench")
    out.write(json.dumps(asyncio.run(measure(args, ids))) + "\n")
    out.flush()


def main() -> int:
    args = arguments()
    if args.make_account:
        load_plugins()
        asyncio.run(make_account(os.path.join(args.data, args.make_account), args.identity, args.make_account, 0,
                                 args.make_account))
        return 0
    out = claim_stdout()
    own = args.data is None
    args.data = os.path.abspath(args.data or tempfile.mkdtemp(prefix="dim-pack-bench-"))
    try:
        run(args, out)
    finally:
        if own:
            shutil.rmtree(args.data, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
