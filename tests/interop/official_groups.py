"""What the official client does with groups, by the package's own managers: a row for each deed.

SPDX-License-Identifier: GPL-2.0-or-later

Runs inside official_client.py (`{"do":"group","what":NAME,"group":ID,"members":[ID,…],"text":…}`). A row gets the shared
manager and the deed, and returns the ID of a new group or what the manager says.
"""

from dimax import ForwardContent, GroupCommand, TextContent
from dimples.group import SharedGroupManager
from dimsdk import Envelope, InstantMessage


class Deed:
    def __init__(self, shared, me, group, members, text):
        self.shared, self.me, self.group, self.members, self.text = shared, me, group, members, text
        self.manager = SharedGroupManager()


async def _text(deed) -> bool:
    content = TextContent.create(text=deed.text)
    content.group = deed.group
    head = Envelope.create(sender=deed.me, receiver=deed.group)
    await deed.manager.send_instant_message(InstantMessage.create(head=head, body=content))
    return True  # the manager tells nothing when it splits a message


async def _tell(deed, command) -> bool:
    """A command of mine to these people, in a forward, as the manager sends all of them."""
    signed = await deed.manager.manager.packer.pack_message(content=command, sender=deed.me)
    forward = ForwardContent.create(messages=[signed])
    for member in deed.members:
        await deed.shared.messenger.send_content(sender=deed.me, receiver=member, content=forward)
    return True


DEEDS = {
    "create": lambda deed: deed.manager.create_group(members=deed.members),
    "invite": lambda deed: deed.manager.invite_group_members(members=deed.members, group=deed.group),
    "expel": lambda deed: deed.manager.expel_group_members(members=deed.members, group=deed.group),
    "quit": lambda deed: deed.manager.quit_group(group=deed.group),
    "administrators": lambda deed: deed.manager.update_administrators(administrators=deed.members, group=deed.group),
    "text": _text,
    # What the packages can say and their managers do not.
    "join": lambda deed: _tell(deed, GroupCommand.join(group=deed.group)),
    "resign": lambda deed: _tell(deed, GroupCommand.create(cmd=GroupCommand.RESIGN, group=deed.group)),
    "reset": lambda deed: _tell(deed, GroupCommand.reset(group=deed.group, members=deed.members)),
}


async def act(shared, me, what: str, group, members, text):
    return await DEEDS[what](Deed(shared, me, group, members, text))
