"""A scriptable official client: the package's own Terminal and ClientMessenger, JSON lines in and out.

SPDX-License-Identifier: GPL-2.0-or-later

usage: official_client.py --station-host H --station-port N --data DIR [--name NICK] [--kind K] [--key-bits B] [--bot]

stdin   {"do":"text","to":ID,"text":…}  {"do":"query","id":ID}  {"do":"send","to":ID,"content":{…}}
        {"do":"say","to":ID,"what":NAME,"about":ID}  (a row of official_contents.py)
        {"do":"group","what":NAME,"group":ID,"members":[ID,…],"text":…}  (a row of official_groups.py)
        {"do":"offline"}  {"do":"online"}  (close the connection, connect again)
        {"do":"report","title":"online"|"offline"}  {"do":"contacts","ids":[…]}  {"do":"documents","id":ID}  {"do":"quit"}
stdout  {"event":"ready","id":…}  {"event":"online","station":…}  {"event":"offline"}  {"event":"sent","to":…,"sn":…,"text":…,
        "time":…,"signature":…}  {"event":"said","what":NAME,"sn":…,"signature":…}  {"event":"group","what":NAME,"result":…}
        {"event":"text","from":…,"text":…,"sn":…,"time":…,"signature":…}
        {"event":"receipt","text":…,"from":…,"origin":{…}}  {"event":"command","command":…,"from":…}  {"event":"content","from":…}
        (each of these four also with "class", of the package, and "content")  {"event":"documents","id":…,"meta":…,"documents":[…]}  {"event":"error","text":…}
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from official_common import claim_stdout, emit, log_to, make_account, read_account, write_config  # noqa: E402

USER_NETWORK, BOT_NETWORK = 0x00, 0x04
PEER_WAIT = 20.0  # seconds in which the peer's visa has to arrive before a text is given up
ASK_AGAIN = 4.0  # seconds after which it is asked for once more


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--station-host", default="127.0.0.1")
    parser.add_argument("--station-port", type=int, default=9394)
    parser.add_argument("--data", required=True)
    parser.add_argument("--name", default="official")
    parser.add_argument("--kind", default="eth", choices=("eth", "btc", "mkm-ecc", "mkm-rsa"))
    parser.add_argument("--key-bits", type=int, default=1024)
    parser.add_argument("--bot", action="store_true", help="a service of the network (kind mkm-ecc or mkm-rsa)")
    parser.add_argument("--make-account", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def load_plugins() -> None:
    from dimples.client.compat import ClientLibraryLoader
    ClientLibraryLoader().run()


def ensure_account(args) -> str:
    """The account's ID; made in a process of its own on the first start (see make_account)."""
    identifier = read_account(args.data)
    if identifier is None:
        subprocess.run([sys.executable, os.path.abspath(__file__), "--data", args.data, "--name", args.name, "--kind",
                        args.kind, "--key-bits", str(args.key_bits), "--make-account", *(["--bot"] if args.bot else [])],
                       check=True, stdout=sys.stderr)
        identifier = read_account(args.data)
    return identifier


def report(content, r_msg) -> None:
    """Turns a verified and decrypted content into an event."""
    info = content.copy_map()
    told = {"from": str(r_msg.sender), "class": type(content).__name__, "content": info}
    if str(info.get("type")) in ("1", "text"):
        emit("text", text=info.get("text"), sn=info.get("sn"), time=info.get("time"),
             signature=r_msg.get("signature"), **told)
    elif info.get("command") == "receipt":
        emit("receipt", text=info.get("text"), origin=info.get("origin"), **told)
    elif info.get("command"):
        emit("command", command=info["command"], **told)
    else:
        emit("content", **told)


def make_classes():
    """The few overrides that turn the package's client into a scriptable one."""
    from dimples.client import ClientMessageProcessor, ClientMessenger, Terminal

    class ReportingProcessor(ClientMessageProcessor):
        async def process_content(self, content, r_msg):
            report(content, r_msg)
            return await super().process_content(content=content, r_msg=r_msg)

    class ReportingMessenger(ClientMessenger):
        async def handshake_success(self):
            await super().handshake_success()
            user = await self.facebook.current_user
            await self.broadcast_login(sender=user.identifier, user_agent="DIMP/1.0 (interop)")
            emit("online", station=str(self.session.station.identifier))

    class ScriptedTerminal(Terminal):
        shared = None

        def _create_messenger(self, facebook, session):
            messenger = ReportingMessenger(session=session, facebook=facebook, database=self.shared.mdb)
            self.shared.messenger = messenger
            return messenger

        def _create_processor(self, facebook, messenger):
            return ReportingProcessor(facebook=facebook, messenger=messenger)

    return ScriptedTerminal


class Script:
    """Carries out the commands of stdin one after another."""

    def __init__(self, args, shared, terminal_class):
        self.args = args
        self.shared = shared
        self.terminal_class = terminal_class
        self.terminal = None
        self.last = None  # the content that was said last

    async def online(self, _command=None) -> None:
        self.terminal = self.terminal_class(facebook=self.shared.facebook, database=self.shared.sdb)
        self.terminal.shared = self.shared
        await self.terminal.connect(host=self.args.station_host, port=self.args.station_port)
        self.terminal.start()

    async def offline(self, _command=None) -> None:
        terminal, self.terminal = self.terminal, None
        if terminal is not None:
            session = terminal.session
            await terminal.stop()
            if session is not None:
                await session.stop()
        emit("offline")

    async def text(self, command) -> None:
        from dimax import TextContent
        await self._deliver(command, TextContent.create(text=command["text"]))

    async def send(self, command) -> None:
        from dimsdk import Content
        content = {"sn": 0, **command["content"]}
        if not content["sn"]:
            from dimax import TextContent
            content["sn"] = TextContent.create(text="-").sn
        await self._deliver(command, Content.parse(content=content))

    async def say(self, command) -> None:
        from official_contents import say
        receiver = _id(command["to"])
        if not await self._peer_ready(receiver):
            raise RuntimeError(f"no visa of {receiver} came")
        user = await self.shared.facebook.current_user
        about = _id(command.get("about", command["to"]))
        self.last, signature = await say(self.shared, user.identifier, receiver, about, command["what"], self.last)
        emit("said", what=command["what"], sn=self.last.sn, time=self.last.get("time"), signature=signature)

    async def group(self, command) -> None:
        from official_groups import act
        user = await self.shared.facebook.current_user
        members = [_id(item) for item in command.get("members", [])]
        for member in members:
            await self._peer_ready(member)
        group = _id(command["group"]) if "group" in command else None
        done = await act(self.shared, user.identifier, command["what"], group, members, command.get("text"))
        emit("group", what=command["what"], result=done)

    async def query(self, command) -> None:
        found = await self._peer_ready(_id(command["id"]))
        emit("queried", id=command["id"], ok=found)

    async def documents(self, command) -> None:
        identifier = _id(command["id"])
        meta = await self.shared.adb.get_meta(identifier=identifier)
        docs = await self.shared.adb.get_documents(identifier=identifier)
        emit("documents", id=command["id"], meta=None if meta is None else meta.copy_map(),
             documents=[doc.copy_map() for doc in docs or []])

    async def contacts(self, command) -> None:
        user = await self.shared.facebook.current_user
        await self.shared.adb.save_contacts([_id(item) for item in command["ids"]], user.identifier)
        emit("contacts", count=len(command["ids"]))

    async def report(self, command) -> None:
        messenger = self.terminal.messenger
        await (messenger.report_online() if command["title"] == "online" else messenger.report_offline())

    async def _deliver(self, command, content) -> None:
        receiver = _id(command["to"])
        if not await self._peer_ready(receiver):
            emit("error", text=f"no visa of {receiver} came", to=str(receiver))
            return
        _, r_msg = await self.terminal.messenger.send_content(content=content, sender=None, receiver=receiver)
        if r_msg is None:
            emit("error", text="the package did not send the message", to=str(receiver))
            return
        emit("sent", to=str(receiver), sn=content.sn, text=content.get("text"), time=content.get("time"),
             signature=r_msg.get("signature"))

    async def _peer_ready(self, identifier) -> bool:
        """Waits for the peer's visa: the package itself parks the message and never sends it."""
        if identifier.is_broadcast:
            return True
        loop = asyncio.get_running_loop()
        asked, deadline = loop.time(), loop.time() + PEER_WAIT
        while loop.time() < deadline:
            if await self.shared.facebook.get_user(identifier=identifier) is not None:
                return True
            if loop.time() > asked + ASK_AGAIN:
                asked = loop.time()
                await self._ask(identifier)
            await asyncio.sleep(0.25)
        return False

    async def _ask(self, identifier) -> None:
        """The package loses an answer now and then ("meta not exists"), and asks again after ten minutes only."""
        from dimax import DocumentCommand
        from dimples.common import Station
        content = DocumentCommand.query(identifier=identifier)
        await self.terminal.messenger.send_content(content=content, sender=None, receiver=Station.ANY, priority=1)


def _id(text: str):
    from dimsdk import ID
    return ID.parse(identifier=text)


async def commands():
    """The commands of stdin; its end counts as quit."""
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    def read():
        for line in sys.stdin:
            if line.strip():
                loop.call_soon_threadsafe(queue.put_nowait, json.loads(line))
        loop.call_soon_threadsafe(queue.put_nowait, {"do": "quit"})

    threading.Thread(target=read, daemon=True).start()
    while True:
        command = await queue.get()
        if command.get("do") == "quit":
            return
        yield command


async def run(args, identifier: str) -> None:
    from dimples.edge.shared import GlobalVariable
    from dimples.utils import Config
    shared = GlobalVariable()
    config = Config()
    await config.load(path=write_config(args.data))
    await shared.prepare(config=config)
    await shared.login(current_user=_id(identifier))
    script = Script(args, shared, make_classes())
    emit("ready", id=identifier)
    await script.online()
    async for command in commands():
        try:
            await getattr(script, command["do"])(command)
        except Exception as error:  # told, never hidden: the test sees the event and fails
            emit("error", text=f"{type(error).__name__}: {error}", command=command)
    await script.offline()


def main() -> int:
    args = arguments()
    args.data = os.path.abspath(args.data)
    os.makedirs(args.data, mode=0o700, exist_ok=True)
    claim_stdout()
    if args.make_account:
        load_plugins()
        write_config(args.data)
        network = BOT_NETWORK if args.bot else USER_NETWORK
        asyncio.run(make_account(args.data, args.kind, args.name, network, args.name, args.key_bits))
        return 0
    identifier = ensure_account(args)
    load_plugins()
    log_to(args.data, "client")
    asyncio.run(run(args, identifier))
    emit("bye")
    sys.stderr.flush()
    os._exit(0)  # the session's threads never end by themselves


if __name__ == "__main__":
    sys.exit(main())
