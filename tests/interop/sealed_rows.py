"""What the official code makes of each content that our core sealed: its class, and members as its own getters tell them.

SPDX-License-Identifier: GPL-2.0-or-later

A value that is no plain one stands as the name of its class. "sent" contents are those of tests/golden/sent.txt, "vector"
contents those of tests/vectors/ref_contents.json; the order is theirs.
"""

ALICE = "0x5575CD418f113E5C2FE51870501aA404b6572Ceb"
BOB = "bob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2"
STATION = "gsp@w9GCuMrCySttDmmxZRy8VPSZzvNxTJDK3"
GROUP = "Group-1@ddFFhKG6nYRd81RaPtG4UkSnRnCYwJjMh"

META, DOCUMENT, SHAKE = "BaseMetaCommand", "BaseDocumentCommand", "BaseHandshakeCommand"


def query(identifier: str, **more) -> dict:
    return {"identifier": identifier, "meta": None, **more}


ROWS = [
    ("sent text", "BaseTextContent", {"text": "hello, 世界 \"quoted\" \\ / \t\n\x7f"}),
    ("sent meta query", META, query(ALICE)),
    ("sent meta ETH", META, {"identifier": ALICE, "meta": "ETHMeta"}),
    ("sent meta MKM", META, {"identifier": BOB, "meta": "DefaultMeta"}),
    ("sent document query", DOCUMENT, query(ALICE, documents=None, last_time=None)),
    ("sent document query since", DOCUMENT, query(ALICE, documents=None, last_time="DateTime")),
    ("sent document", DOCUMENT, query(ALICE, documents=["BaseVisa"])),
    ("sent document with meta", DOCUMENT, {"identifier": BOB, "meta": "DefaultMeta", "documents": ["BaseVisa"]}),
    ("sent handshake start", SHAKE, {"title": "Hello world!", "session": None, "state": 0}),
    ("sent handshake again", SHAKE, {"title": "DIM?", "session": "abc", "state": 1}),
    ("sent handshake restart", SHAKE, {"title": "Hello world!", "session": "abc", "state": 2}),
    ("sent handshake success", SHAKE, {"title": "DIM!", "session": "abc", "state": 3}),
    ("sent login", "LoginCommand", {"identifier": ALICE, "agent": "purple-dim/1", "station": {
        "did": BOB, "ID": BOB, "host": "127.0.0.1", "port": 9394}}),
    ("sent login nowhere", "LoginCommand", {"identifier": ALICE, "station": {"host": "a.example", "port": 1}}),
    ("sent report online", "ReportCommand", {"title": "online"}),
    ("sent report offline", "ReportCommand", {"title": "offline"}),
    ("sent receipt", "BaseReceiptCommand", {
        "text": "Message received.", "original_envelope": "MessageEnvelope", "original_sn": None, "original_signature":
        "MEUCICYMi09uLutsOT0jDBUoO3fnCxbJVEIBSAKXZ9s8cHhiAiEAiXdY6eNbuRHRk8u782hd4AiO3gygjdCuQb3wfwVv1Gg="}),
    # The packages have no class of their own for these three.
    ("sent search", "BaseCommand", {"cmd": "search"}),
    ("sent users", "BaseCommand", {"cmd": "users"}),
    ("sent ans", "AnsCommand", {"names": ["archivist", "assistant"], "records": {}}),
    ("sent block", "BlockCommand", {"block_list": [ALICE, BOB]}),
    ("sent block nobody", "BlockCommand", {"block_list": []}),
    ("sent block query", "BlockCommand", {"block_list": None}),
    ("sent mute", "MuteCommand", {"mute_list": [ALICE, BOB]}),
    ("sent mute nobody", "MuteCommand", {"mute_list": []}),
    ("sent mute query", "MuteCommand", {"mute_list": None}),
    ("sent storage", "BaseCommand", {"cmd": "storage"}),
    ("sent storage query", "BaseCommand", {"cmd": "storage"}),
    ("sent group query", "QueryGroupCommand", {"cmd": "query"}),
    ("sent group query since", "QueryGroupCommand", {"cmd": "query"}),
    ("vector text", "BaseTextContent", {"text": "hello"}),
    ("vector handshake start", SHAKE, {"state": 0}),
    ("vector handshake restart", SHAKE, {"state": 2, "session": "abc"}),
    ("vector handshake again", SHAKE, {"state": 1, "session": "abc"}),
    ("vector handshake success", SHAKE, {"state": 3, "session": "abc"}),
    ("vector login", "LoginCommand", {"identifier": ALICE, "agent": "DIMP/1.0", "station": {
        "did": STATION, "ID": STATION, "host": "127.0.0.1", "port": 9394}}),
    ("vector report online", "ReportCommand", {"title": "online"}),
    ("vector report offline", "ReportCommand", {"title": "offline"}),
    ("vector meta query", META, query(ALICE)),
    ("vector meta response", META, {"identifier": ALICE, "meta": "ETHMeta"}),
    ("vector documents query", DOCUMENT, query(ALICE, documents=None)),
    ("vector documents response", DOCUMENT, {"identifier": ALICE, "meta": "ETHMeta", "documents": ["BaseVisa"]}),
    ("vector receipt", "BaseReceiptCommand", {"text": "Message received.", "original_sn": 215468985}),
    ("vector group invite", "InviteGroupCommand", {"group": GROUP, "members": [BOB]}),
    ("vector group expel", "ExpelGroupCommand", {"group": GROUP, "members": [BOB]}),
    ("vector group join", "JoinGroupCommand", {"group": GROUP, "members": None}),
    ("vector group quit", "QuitGroupCommand", {"group": GROUP, "members": None}),
    ("vector group reset", "ResetGroupCommand", {"group": GROUP, "members": [ALICE, BOB]}),
    ("vector group query(customized?)", "QueryGroupCommand", {"group": GROUP, "last_time": None}),
    ("vector group query old", "QueryGroupCommand", {"group": GROUP, "last_time": None}),
    ("vector group hire", "HireGroupCommand", {"group": GROUP, "administrators": [BOB]}),
    ("vector group fire", "FireGroupCommand", {"group": GROUP, "administrators": [BOB]}),
    ("vector group resign", "ResignGroupCommand", {"group": GROUP}),
    ("vector ans query", "AnsCommand", {"names": ["a", "b"], "records": {}}),
    ("vector ans response", "AnsCommand", {"names": ["a", "b"], "records": {"a": ALICE}}),
    ("vector mute", "MuteCommand", {"mute_list": [BOB]}),
    ("vector block", "BlockCommand", {"block_list": [BOB]}),
    ("vector search", "BaseCommand", {"cmd": "search"}),
    ("vector customized", "AppCustomizedContent", {"application": "chat.dim.group", "module": "history",
                                                   "action": "query"}),
    ("vector file", "BaseFileContent", {"data": "abc", "filename": "a.txt", "url": None, "password": None}),
    ("vector image", "ImageFileContent", {"data": "abc", "filename": "a.jpg", "thumbnail": None}),
    ("vector audio", "AudioFileContent", {"data": "abc", "filename": "a.mp4", "duration": 0, "text": None}),
    ("vector video", "VideoFileContent", {"data": "abc", "filename": "v.mp4", "snapshot": None}),
    ("vector image by url", "ImageFileContent", {"data": None, "filename": "a.jpg", "url": "http://127.0.0.1/a.jpg",
                                                 "password": "AESKey"}),
    ("vector page", "WebPageContent", {"title": "", "desc": "D", "url": "http://127.0.0.1/"}),
    ("vector name card", "NameCardContent", {"identifier": BOB, "name": "Bob", "avatar": None}),
    ("vector quote", "BaseQuoteContent", {"text": "re", "original_envelope": "MessageEnvelope",
                                          "original_sn": 215469009}),
    ("vector money", "BaseMoneyContent", {"currency": "CNY", "amount": 1.5}),
    ("vector transfer", "TransferMoneyContent", {"currency": "CNY", "amount": 1.5, "remitter": None, "remittee": None}),
    ("vector array", "ListContent", {"contents": ["BaseTextContent", "BaseTextContent"]}),
    ("vector forward secret", "SecretContent", {"secrets": ["NetworkMessage"]}),
    ("vector forward secrets", "SecretContent", {"secrets": ["NetworkMessage"]}),
    ("vector combine", "CombineForwardContent", {"title": "chat", "messages": ["PlainMessage"]}),
]
