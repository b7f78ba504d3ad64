"""What our client asks of the network, and what the official client asks of a station: rows with the answers.

SPDX-License-Identifier: GPL-2.0-or-later

In the texts stand {otto} and {anna} for the IDs of the official client and of ours, {bot} for that of the archivist.
"""

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
    ("who", "users", {}, {"users": ["{otto}", "{anna}"]}, "2 found: otto {otto}, {anna}"),
    ("backup", "storage", {"title": "contacts"}, None, None),
    ("restore", "storage", {"title": "contacts"}, "what was backed up", "The backup holds 1 contacts; 0 were not in your list "
     "and will be there after the next login."),
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

# What the official client asks of both stations: name in official_contents.py, receipts, command that comes as an answer.
OF_A_STATION = [
    ("meta query", [], "meta"),
    ("document query", [], "documents"),
    ("document query since", ["Document not updated."], None),
    ("meta query of another", ["Meta not found."], None),
    ("document query of another", ["Document not found."], None),
    ("document query of oneself", [], None),
    ("document push", ["Document received."], None),
    ("login", ["Login received."], None),
    ("report online", ["Online received."], None),
    ("ans", [], "ans"),
    ("unknown command", ["Command not support."], None),
    ("text", ["Content not support."], None),
    ("page", ["Content not support."], None),
    ("file by link", ["Content not support."], None),
    ("customized", ["Content not support."], None),
    ("receipt", [], None),
]
