"""What the official client says, made by the package's own classes: a row for each content and command.

SPDX-License-Identifier: GPL-2.0-or-later

Runs inside official_client.py (`{"do":"say","what":NAME,"to":ID,"about":ID}`). A row gets the Stage of one sentence and returns the
content to send, or whatever the package's Emitter returns when that has sent it.
"""

from dimap import Base64Data, EmbedData, SymmetricAlgorithms
from dimax import (ArrayContent, CombineContent, DocumentCommand, FileContent, ForwardContent, GroupCommand, MetaCommand,
                   MoneyContent, NameCard, PageContent, QuoteContent, ReceiptCommand, TextContent, TransferContent)
from dimax.dkd import BaseCommand
from dimples.common import Password
from dimples.common.protocol import (AnsCommand, AppCustomizedContent, BlockCommand, CustomizedContent, HandshakeCommand,
                                     LoginCommand, MuteCommand, ReportCommand)
from dimples.emitter import Emitter
from dimsdk import Content, ContentType, DateTime, Envelope, ID, InstantMessage, SymmetricKey

CDN = "http://127.0.0.1:9/"
BYTES = b"abc"
ANOTHER = "bob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2"
GROUP = "Group-1@ddFFhKG6nYRd81RaPtG4UkSnRnCYwJjMh"


class Sender(Emitter):
    """The package's own way to send texts and files; "uploaded" is what never leaves this process."""

    def __init__(self, shared):
        self.shared = shared
        self.sent = None  # (instant, reliable)

    @property
    async def current_user(self):
        return await self.shared.facebook.current_user

    @property
    def messenger(self):
        return self.shared.messenger

    async def send_instant_message(self, msg, priority=0):
        reliable = await super().send_instant_message(msg=msg, priority=priority)
        self.sent = (msg, reliable)
        return reliable

    async def cache_file_data(self, data, filename):
        return True

    async def get_file_data(self, filename):
        return None

    async def cache_instant_message(self, msg):
        return True

    async def upload_file_data(self, data, filename, sender):
        return CDN + filename


class Stage:
    """Who speaks to whom about whom, and what was said last."""

    def __init__(self, shared, me, peer, about, last):
        self.shared, self.me, self.peer, self.about, self.last = shared, me, peer, about, last
        self.sender = Sender(shared)

    def instant(self, content):
        return InstantMessage.create(head=Envelope.create(sender=self.me, receiver=self.peer), body=content)

    async def sealed(self, content):
        """A whole message of mine to the peer, which has not been sent."""
        messenger = self.shared.messenger
        return await messenger.sign_message(msg=await messenger.encrypt_message(msg=self.instant(content)))

    async def meta(self):
        return await self.shared.facebook.get_meta(identifier=self.me)

    async def documents(self):
        return await self.shared.facebook.get_documents(identifier=self.me)


def _with(content, **members):
    for name, value in members.items():
        content[name] = value
    return content


def _command(name: str, **members):
    return _with(BaseCommand(cmd=name), **members)


def _page(_my):
    return PageContent.create_from_url(url="https://a.example/?q=1&r=2", title="A page", desc="of words", icon=None)


def _listed(command, *ids):
    command["list"] = [str(item) for item in ids]
    return command


def _transfer(my):
    content = TransferContent.transfer(currency="BTC", amount=0.25)
    content.remitter, content.remittee = my.me, my.peer
    return content


def _recall(my):
    content = TextContent.create(text="")
    return _with(content, action="recall", sn=my.last.sn, time=my.last.get("time"))


async def _forward(my):
    return ForwardContent.create(messages=[await my.sealed(TextContent.create(text="inside a forward")),
                                           await my.sealed(TextContent.create(text="the second inside"))])


async def _old_forward(my):
    """As it was before there were `secrets`."""
    inner = await my.sealed(TextContent.create(text="inside an old forward"))
    return _with(ForwardContent.create(messages=None), forward=inner.to_map())


def _combine(my):
    return CombineContent.create(title="Tuesday", messages=[my.instant(TextContent.create(text="told so")),
                                                            my.instant(FileContent.file(data=None, filename="b.txt"))])


def _login(my):
    content = LoginCommand(identifier=my.me)
    content.agent, content.station = "DIMP/1.0 (interop)", my.shared.messenger.session.station
    return content


async def _pushed_meta(my):
    return MetaCommand.response(identifier=my.me, meta=await my.meta())


async def _pushed(my):
    return DocumentCommand.response(identifier=my.me, meta=await my.meta(), documents=await my.documents())


def _key():
    return SymmetricKey.generate(algorithm=SymmetricAlgorithms.AES)


def _id(text: str):
    return ID.parse(identifier=text)


def _group(command, my):
    return GroupCommand.create(cmd=command, group=_id(GROUP), members=[my.peer])


WORDS = {
    # what people say
    "text": lambda my: my.sender.send_text("hello, 世界 <b>&\"not bold\"</b>", my.peer),
    "markdown": lambda my: my.sender.send_text("see\n# Title\n**bold** https://a.example/", my.peer),
    "voice": lambda my: my.sender.send_voice(mp4=BYTES, receiver=my.peer, filename="v.mp4", duration=1.5),
    "picture": lambda my: my.sender.send_picture(jpeg=BYTES, receiver=my.peer, filename="p.jpeg", thumbnail=None),
    "movie": lambda my: my.sender.send_movie(receiver=my.peer, url=CDN + "m.mp4", snapshot=None, title="A film"),
    "file inside": lambda my: FileContent.file(data=Base64Data.create_with_bytes(BYTES), filename="a.txt"),
    "image inside": lambda my: FileContent.image(data=EmbedData.image(jpeg=BYTES), filename="a.jpg"),
    "audio inside": lambda my: _with(FileContent.audio(data=EmbedData.audio(mp4=BYTES), filename="a.mp4"), text="spoken"),
    "video inside": lambda my: FileContent.video(data=Base64Data.create_with_bytes(BYTES), filename="v.mp4"),
    "file by link": lambda my: _with(FileContent.file(filename="big.zip", url=CDN + "big.zip", password=_key()),
                                     length=123456789),
    "file of a bad name": lambda my: FileContent.file(filename="../../etc/passwd", url=CDN + "x",
                                                      password=Password.kPlainKey),
    "page": _page,
    "name card": lambda my: NameCard.create(identifier=my.me, name="Otto", avatar=None),
    "quote": lambda my: QuoteContent.create(text="yes", envelope=Envelope.create(sender=my.peer, receiver=my.me),
                                            content=my.last),
    "money": lambda my: MoneyContent.create(currency="CNY", amount=1.5),
    "transfer": _transfer,
    "array": lambda my: ArrayContent.create(contents=[TextContent.create(text="first of two"), _page(my)]),
    "combine": _combine,
    "forward": _forward,
    "old forward": _old_forward,
    "customized": lambda my: CustomizedContent.create(app="chat.dim.sechat", mod="drift bottle", act="throw"),
    "application": lambda my: AppCustomizedContent(msg_type=ContentType.APPLICATION, app="chat.dim.sechat", mod="game",
                                                   act="move"),
    "recall": _recall,
    "unknown content": lambda my: Content.parse(content={"type": "99", "sn": 7, "time": DateTime.now().timestamp, "text": "from tomorrow"}),
    # what programs say to each other
    "meta query": lambda my: MetaCommand.query(identifier=my.about),
    "document query": lambda my: DocumentCommand.query(identifier=my.about),
    "document query since": lambda my: DocumentCommand.query(identifier=my.about, last_time=DateTime.now()),
    "document query of oneself": lambda my: DocumentCommand.query(identifier=my.me),
    "meta query of another": lambda my: MetaCommand.query(identifier=_id(ANOTHER)),
    "document query of another": lambda my: DocumentCommand.query(identifier=_id(ANOTHER)),
    "meta push": _pushed_meta,
    "document push": _pushed,
    "handshake": lambda my: HandshakeCommand.ask(session="abc"),
    "speed test": lambda my: HandshakeCommand.request(),
    "login": _login,
    "report online": lambda my: ReportCommand(title=ReportCommand.ONLINE),
    "report offline": lambda my: ReportCommand(title=ReportCommand.OFFLINE),
    "receipt": lambda my: ReceiptCommand.create(text="Message received.", content=my.last,
                                                envelope=Envelope.create(sender=my.peer, receiver=my.me)),
    "ans": lambda my: AnsCommand.query(names="archivist"),
    "mute": lambda my: _listed(MuteCommand(), my.peer),
    "mute query": lambda my: MuteCommand(),
    "block": lambda my: _listed(BlockCommand(), my.me),
    "block query": lambda my: BlockCommand(),
    "search": lambda my: _command("search", keywords="Otto", start=0, limit=20),
    "users": lambda my: _command("users", start=0, limit=20),
    "storage": lambda my: _command("storage", title="contacts", data="YWJj", key="YWJj"),
    "storage query": lambda my: _command("storage", title="contacts"),
    "contacts": lambda my: _command("contacts", data="YWJj", key="YWJj"),
    "unknown command": lambda my: _command("teleport", where="Mars"),
    **{"group " + name: (lambda my, name=name: _group(name, my))
       for name in (GroupCommand.INVITE, GroupCommand.EXPEL, GroupCommand.JOIN, GroupCommand.QUIT, GroupCommand.RESET,
                    GroupCommand.HIRE, GroupCommand.FIRE, GroupCommand.RESIGN)},
}


async def say(shared, me, peer, about, what: str, last):
    """Sends it; returns the content and the signature of what left."""
    my = Stage(shared, me, peer, about, last)
    made = WORDS[what](my)
    if hasattr(made, "__await__"):
        made = await made
    if my.sender.sent is None:
        my.sender.sent = await shared.messenger.send_content(content=made, sender=me, receiver=peer)
    instant, reliable = my.sender.sent
    assert reliable is not None, f"the package did not send: {what}"
    return instant.content, reliable.get("signature")
