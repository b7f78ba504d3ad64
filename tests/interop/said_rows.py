"""What the official client says to us, row by row: the lines that our host shows then, and what our client answers.

SPDX-License-Identifier: GPL-2.0-or-later

The names are those of official_contents.py. In the lines stand {me} for the official client's ID and {peer} for ours.
"""

RECEIVED = ["Message received."]
REFUSED = ["Content not support."]
COMMAND_REFUSED = ["Command not support."]

# name, lines, receipts for its signature
CONTENTS = [
    ("text", ["hello, 世界 <b>&\"not bold\"</b>"], RECEIVED),
    ("quote", ["[Quote] {peer}\nyes"], RECEIVED),
    ("markdown", ["see\n# Title\n**bold** https://a.example/"], RECEIVED),
    ("recall", ["[Message recalled]"], RECEIVED),
    ("voice", ["[Audio] v.mp4 (3 bytes) http://127.0.0.1:9/v.mp4 (encrypted)"], RECEIVED),
    ("picture", ["[Image] p.jpeg (3 bytes) http://127.0.0.1:9/p.jpeg (encrypted)"], RECEIVED),
    ("movie", ["[Video] A film http://127.0.0.1:9/m.mp4"], RECEIVED),
    ("file inside", ["[File] a.txt (3 bytes)"], RECEIVED),
    ("image inside", ["[Image] a.jpg (3 bytes)"], RECEIVED),
    ("audio inside", ["[Audio] a.mp4 (3 bytes) spoken"], RECEIVED),
    ("video inside", ["[Video] v.mp4 (3 bytes)"], RECEIVED),
    ("file by link", ["[File] big.zip (123.5 MB) http://127.0.0.1:9/big.zip (encrypted)"], RECEIVED),
    ("file of a bad name", ["[File] passwd http://127.0.0.1:9/x"], RECEIVED),
    ("page", ["[Page] A page of words https://a.example/?q=1&r=2"], RECEIVED),
    ("name card", ["[Contact] Otto {me}"], RECEIVED),
    ("money", ["[Money] 1.5 CNY"], RECEIVED),
    ("transfer", ["[Transfer] 0.25 BTC from {me} to {peer}"], RECEIVED),
    ("array", ["first of two", "[Page] A page of words https://a.example/?q=1&r=2"], RECEIVED),
    ("combine", ["[Chat history] Tuesday (2 messages, not verified)\n> {me}: told so\n> {me}: [File] b.txt"], RECEIVED),
    # Each message inside has a signature of its own, and its receipt names that one.
    ("forward", ["inside a forward", "the second inside"], []),
    ("old forward", ["inside an old forward"], []),
    ("customized", ["[Customized] chat.dim.sechat/drift bottle/throw"], REFUSED),
    ("application", ["[Application] chat.dim.sechat/game/move"], RECEIVED),
    ("unknown content", ["[Unsupported message: type 99] from tomorrow"], REFUSED),
]

# name, receipts for its signature, command that comes as an answer (None: no answer but receipts)
COMMANDS = [
    ("meta query", [], "meta"),
    ("document query", [], "documents"),
    ("document query since", ["Document not updated."], None),
    ("document query of oneself", [], None),
    ("meta query of another", ["Meta not found."], None),
    ("document query of another", ["Document not found."], None),
    ("meta push", ["Meta received."], None),
    ("document push", ["Document received."], None),
    ("handshake", [], None),
    ("login", [], None),
    ("report online", [], None),
    ("report offline", [], None),
    ("receipt", [], None),
    ("ans", [], None),
    ("mute", [], None),
    ("mute query", [], None),
    ("block", [], None),
    ("block query", [], None),
    ("search", [], None),
    ("users", [], None),
    ("storage", [], None),
    ("storage query", [], None),
    ("contacts", [], None),
    ("unknown command", COMMAND_REFUSED, None),
    ("unknown command", [], None),  # never a second
    # Of a group whose bulletin nobody here has seen: it is not believed, and nothing is said.
    ("group invite", [], None),
    ("group join", [], None),
    ("group quit", [], None),
    ("group reset", [], None),
    ("group resign", [], None),
    ("group expel", [], None),
    ("group hire", [], None),
    ("group fire", [], None),
]
