"""What our client asks of the network, and what the official client asks of a station: rows with the answers.

SPDX-License-Identifier: GPL-2.0-or-later

In the texts stand {otto} and {anna} for the IDs of the official client and of ours, {bot} for that of the archivist.
"""

STATION = "station@anywhere"
NOT_SUPPORTED = ["Command not support."]
EMPTY = {"list": []}

# Who keeps the mute and block lists: the production stations do; the station of the packages does not.
# verb, class that the official station makes of it, members, its answers, notice at ours
TO_STATION = [
    ("mute {otto}", "MuteCommand", {"list": ["{otto}"]}, NOT_SUPPORTED, None),
    ("mute nobody", "MuteCommand", EMPTY, NOT_SUPPORTED, None),
    ("mute", "MuteCommand", {}, NOT_SUPPORTED, None),
    ("block", "BlockCommand", {"list": ["{otto}"]}, NOT_SUPPORTED, None),
    ("unblock", "BlockCommand", EMPTY, NOT_SUPPORTED, None),
    ("name archivist", "AnsCommand", {"names": "archivist"}, ["AnsCommand"], "archivist is {bot}"),
]

# verb, command that the archivist is asked, members, its answer, notice at ours
TO_ARCHIVIST = [
    ("search Otto", "search", {"keywords": "Otto"}, {"users": ["{otto}"]}, "1 found: otto {otto}"),
    ("search nobody", "search", {"keywords": "nobody"}, {"users": []}, "Nobody was found."),
    ("who", "users", {}, {"users": ["{otto}", "{anna}"]}, "2 found: otto {otto}, {anna} (you)"),
    ("backup", "storage", {"title": "contacts"}, None, None),
    ("restore", "storage", {"title": "contacts"}, "what was backed up", "Contacts in the backup: 1. None of "
     "them is new."),
]

# What a client says by itself: class at the official station, members, its answers.
BY_ITSELF = [
    ("BaseHandshakeCommand", {"title": "Hello world!", "group": "stations@everywhere"}, ["BaseHandshakeCommand DIM?"]),
    ("BaseHandshakeCommand", {"title": "Hello world!", "group": None}, ["BaseHandshakeCommand DIM!"]),
    ("BaseDocumentCommand", {"did": "{anna}"}, ["Document received."]),
    ("LoginCommand", {"did": "{anna}"}, ["Login received."]),
    ("ReportCommand", {"title": "online"}, ["Online received."]),
    ("BaseMetaCommand", {"did": "{otto}", "meta": None}, ["BaseMetaCommand"]),
    ("BaseDocumentCommand", {"did": "{otto}", "documents": None}, ["BaseDocumentCommand", "SecretContent"]),
]
AT_THE_END = [("ReportCommand", {"title": "offline"}, [])]

# What the official client asks of both stations: name in official_contents.py, receipts, command that comes as an answer
# and its members.
OF_A_STATION = [
    ("meta query", [], ("meta", {"did": "{anna}"})),
    ("document query", [], ("documents", {"did": "{anna}"})),
    ("document query since", ["Document not updated."], None),
    ("meta query of another", ["Meta not found."], None),
    ("document query of another", ["Document not found."], None),
    ("document query of oneself", [], None),
    ("document push", ["Document received."], None),
    ("login", ["Login received."], None),
    ("report online", ["Online received."], None),
    ("speed test", [], ("handshake", {"title": "Nice to meet you too!"})),
    ("ans", [], ("ans", {"records": {"archivist": "{bot}"}})),
    ("unknown command", ["Command not support."], None),
    ("text", ["Content not support."], None),
    ("page", ["Content not support."], None),
    ("file by link", ["Content not support."], None),
    ("customized", ["Content not support."], None),
    ("receipt", [], None),
]

# What is a service of the network in the one, and of the station itself in the other.
AT_OFFICIAL = [(name, NOT_SUPPORTED, None) for name in ("search", "users", "mute", "mute query", "block", "block query",
                                                        "storage", "storage query", "contacts")]
AT_OURS = [
    ("search", [], ("search", {"keywords": "Otto", "users": ["{otto}"]})),
    ("users", [], ("search", {"keywords": "users"})),
    ("mute", ["Mute received."], None),
    ("mute query", [], ("mute", {"list": [STATION]})),
    ("block", ["Block received."], None),
    ("block query", [], ("block", {"list": ["{otto}"]})),
    ("storage", ["Contacts received."], None),
    ("storage query", [], ("storage", {"title": "contacts", "data": "YWJj", "key": "YWJj"})),
]

# verb, notice at ours, where the station itself does it
TO_OURS = [
    ("search Otto", "1 found: otto {otto}"),
    ("search nobody", "Nobody was found."),
    ("mute {otto}", "The list of those whom you mute is kept."),
    ("mute", "The station's mute list: otto {otto}"),
    ("mute nobody", "The list of those whom you mute is kept."),
    ("backup", "Your contacts are kept, locked for you alone."),
    ("restore", "Contacts in the backup: 1. None of them is new."),
    ("name archivist", "archivist is {station}"),
    ("search Otto", "1 found: otto {otto}"),  # locked for the archivist now
]
