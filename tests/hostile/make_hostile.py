#!/usr/bin/env python3
"""Writes what nobody should have to read: more than 500 files in four folders, the same every time.

usage: make_hostile.py FOLDER

line/     bytes as they come over the line
message/  the payload of one packet. @SENDER@ is a person whose meta is known, @NOBODY@ one whose is not, @ME@ the reader;
          @DATA@ @SIGNATURE@ @IV@ @KEY@ are those of a good message of @SENDER@
content/  what @SENDER@ encrypts for @ME@ and signs
meta/     the value of `meta` in the first message of @NOBODY@

One debug line is said about each; none if its name ends in -quiet, up to sixteen if it ends in -lines. Nothing of it is shown, but
for a name that ends in -shown: that is as large as it may be, and is shown without a word.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import json
import shutil
import struct
import sys
from pathlib import Path

MESSAGE = {"sender": '"@SENDER@"', "receiver": '"@ME@"', "time": "1700000000.5", "type": "1", "data": '"@DATA@"',
           "signature": '"@SIGNATURE@"', "IV": '"@IV@"', "key": '"@KEY@"'}
TEXT = {"type": "1", "sn": "7", "time": "1700000000.5", "text": '"x"'}
BIG = 1_000_000  # under the bound of one message
FIT = 700_000  # what base64 makes of it is still under that bound


def members(base, **changed):
    """JSON text of base with some members replaced (None: left out)."""
    every = {**base, **changed}
    return "{" + ",".join(f'"{k}":{v}' for k, v in every.items() if v is not None) + "}"


def nested(opening, closing, depth, inside="", limit=BIG):
    depth = min(depth, (limit - len(inside)) // (len(opening) + len(closing)))
    return opening * depth + inside + closing * depth


def b64(data):
    return base64.b64encode(data).decode()


BAD_UTF8 = [b"\x80", b"\xbf", b"\xc0\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xe2\x82",
            b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf",
            b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff", b"\xff\xfe"]
BAD_STRINGS = ["\\u0000", "a\\u0000b", "\\ud800", "\\udc00", "\\ud800\\ud800", "\\udc00\\ud800", "\\u12", "\\uZZZZ", "\\x41", "\\",
               "\n", "\x01", "\x1f", "\\ud83dx"]
BAD_NUMBERS = ["1e999", "-1e999", "1e309", "1" * 400, "9" * 100000, "NaN", "Infinity", "-Infinity", "0x10", "1.", ".5", "+1",
               "01", "-", "1e", "1e+", "--1", "1_000", "1,5", "\u0661", "1e9999999999999999999", "0." + "0" * 400 + "1e999"]


class Corpus:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.count = 0
        for kind in ("content", "line", "message", "meta"):  # a file of before may have another name now
            shutil.rmtree(self.folder / kind, ignore_errors=True)

    def add(self, kind, name, data):
        path = self.folder / kind
        path.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        self.count += 1

    def both(self, name, make):
        """The same trick in a message and in a content."""
        self.add("message", name, make(MESSAGE))
        self.add("content", name, make(TEXT))


def json_tricks(corpus):
    for power in range(2, 7):
        depth = 10 ** power
        for kind, opening, closing in (("lists", "[", "]"), ("objects", '{"a":', "}"), ("mixed", '[{"a":', "}]")):
            inside = "1" if kind != "lists" else ""
            corpus.both(f"depth-{kind}-{depth}", lambda base, o=opening, c=closing, i=inside, d=depth: members(
                base, x=nested(o, c, d, i, FIT)))
        corpus.add("message", f"depth-bare-{depth}", nested("[", "]", depth))
        corpus.add("message", f"depth-open-{depth}", "[" * min(depth, BIG))
        corpus.add("message", f"depth-open-objects-{depth}", '{"a":' * min(depth, BIG // 5))
    for number in (10_001, 50_000, 90_000):
        corpus.both(f"keys-{number}", lambda base, n=number: members(
            base, x="{" + ",".join(f'"{i:x}":0' for i in range(min(n, FIT // 9))) + "}"))
    corpus.both("keys-outermost", lambda base: members(base, **{f"{i:x}": "0" for i in range(20000)}))
    corpus.both("values", lambda base: members(base, x="[" + "0," * 250_000 + "0]"))
    corpus.both("keys-all-the-same", lambda base: members(base, x='{"a":0' + ',"a":0' * 9000 + "}"))
    corpus.both("keys-hidden-twin", lambda base: members(
        base, x="{" + ",".join(f'"{i:x}":0' for i in range(9000)) + ',"\\u0061bc":1}'))
    corpus.both("blanks", lambda base: " " * FIT + "x" + members(base))
    corpus.add("content", "blanks-only", " \t\r\n" * 100_000)
    corpus.add("message", "blanks-only-quiet", " \t\r\n" * 100_000)
    corpus.add("message", "broken-lines", "x\n" * 400_000)
    corpus.both("escapes", lambda base: members(base, x='"' + "\\u0041" * 100_000 + "\\u0000" + '"'))
    corpus.both("string-open", lambda base: members(base)[:-1] + ',"x":"' + "a" * FIT)
    corpus.both("cut", lambda base: members(base)[:-1])
    corpus.both("two", lambda base: members(base) * 2)
    corpus.both("behind", lambda base: members(base) + "x")
    corpus.both("comma", lambda base: members(base)[:-1] + ",}")
    corpus.both("bom", lambda base: "\ufeff" + members(base))
    corpus.both("list", lambda base: "[" + members(base) + "]")
    corpus.both("empty-object", lambda _: "{}")
    corpus.both("single-quotes", lambda base: members(base).replace('"', "'"))
    corpus.both("utf16", lambda base: members(base).encode("utf-16"))
    for i, number in enumerate(BAD_NUMBERS):
        corpus.both(f"number-{i:02}", lambda base, n=number: members(base, time=n))
    for i, bad in enumerate(BAD_UTF8):
        corpus.both(f"utf8-{i:02}", lambda base, b=bad: members(base, x='"@BAD@"').encode().replace(b"@BAD@", b))
    for i, bad in enumerate(BAD_STRINGS):
        corpus.add("content", f"string-{i:02}", members(TEXT, x=f'"{bad}"'))
        if bad != "\n":  # between messages it is a separator
            corpus.add("message", f"string-{i:02}", members(MESSAGE, x=f'"{bad}"'))
    corpus.both("utf8-name", lambda base: members(base, x='1').encode().replace(b'"x":', b'"\xff":'))
    corpus.both("nul", lambda base: members(base, x='"a\0b"'))
    corpus.both("nul-behind", lambda base: members(base) + "\0")
    corpus.both("nul-between", lambda base: members(base).replace(",", "\0,", 1))


def messages(corpus):
    for name, value in MESSAGE.items():
        twin = members(MESSAGE)[:-1] + f',"{name}":{value}' + "}"
        corpus.add("message", f"twice-{name}", twin)
        corpus.add("message", f"twice-hidden-{name}", twin.replace(f',"{name}":{value}}}', f',"\\u{ord(name[0]):04x}{name[1:]}":{value}}}'))
    long = "a" * BIG
    ids = {"long-name": long[:FIT] + "@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2", "long-address": "bob@" + long[:FIT], "long": long[:FIT],
           "hex": "0x" + "5" * FIT, "at": "@" * 100_000, "slash": "/" * 100_000, "terminal": "@SENDER@/" + long[:FIT], "empty": "",
           "blank": " ", "control": "bob\\u0007@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2", "break": "bob\\n@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2",
           "check": "bob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN3", "case": "0X5575CD418F113E5C2FE51870501AA404B6572CEB",
           "short": "0x5575CD418f113E5C2FE51870501aA404b6572Ce",
           "ones": "1" * 34, "ones-many": "1" * 1000, "turned": "\\u202ebob@1BjHgY1PjNSSUoytNXcFdJWbxrj74rpJN2"}
    for name, value in ids.items():
        for member in ("sender", "receiver"):
            corpus.add("message", f"id-{member}-{name}", members(MESSAGE, **{member: f'"{value}"'}))
    base = {"junk": '"@@@@"', "stray": '"AB=="', "short": '"A"', "inside": '"AA=A"', "url": '"_-_-"', "empty": '""', "bomb": f'"{"A" * 900_001}"',
            "padding": '"' + "=" * 900_000 + '"', "blanks": '"' + " " * 900_000 + '"', "uri": '"data:' + ";" * 500_000 + '"',
            "uri-open": '"data:text/plain;base64"', "hex-odd": '"hex,abc"', "base58-long": '"base58,' + "z" * 500_000 + '"',
            "unknown": '"rot13,abc"', "number": "7", "list": "[[[[]]]]", "self": '{"algorithm":"base64","data":{"algorithm":"base64"}}'}
    for name, value in base.items():
        corpus.add("message", f"data-{name}", members(MESSAGE, data=value))
        corpus.add("message", f"signature-{name}", members(MESSAGE, signature=value))
        corpus.add("message", f"iv-{name}", members(MESSAGE, IV=value))
    garbage = b64(bytes(128 * [0x17]))
    many = {"mine": lambda i: f"@ME@/{i:x}", "others": lambda i: f"{i:x}", "stars": lambda i: "*" * (i + 1)}
    for name, make in many.items():
        keys = ",".join(f'"{make(i)}":"{garbage}"' for i in range(4000 if name != "stars" else 600))
        corpus.add("message", f"keys-many-{name}", members(MESSAGE, key=None, keys="{" + keys + "}"))
    corpus.add("message", "keys-long", members(MESSAGE, key=None, keys='{"@ME@":"' + "A" * 900_000 + '"}'))
    der = [bytes.fromhex("3084400000000202"), bytes.fromhex("30060201000201") + b"\x01", b"\x30\x80" + b"\x02\x01\x01" * 2 + b"\0\0",
           b"\x30\x82\xff\xff" + b"\x02\x82\xff\xf0" + bytes(65000), b"\x30" * 300_000, b"\x30\x08\x02\x02\xff\xff\x02\x02\xff\xff", bytes(72),
           b"\x30\x44\x02\x20" + b"\xff" * 32 + b"\x02\x20" + b"\xff" * 32]
    for i, one in enumerate(der):
        corpus.add("message", f"signature-der-{i}", members(MESSAGE, signature=f'"{b64(one)}"'))
    for i, kind in enumerate(("1e999", "-1", '"9999999999999999999"', "1e300", "[]", '{"a":1}', "2147483648")):
        corpus.add("message", f"visa-type-{i}",
                   members(MESSAGE, visa='{"did":"@SENDER@","type":%s,"data":"{}","signature":"AAAA"}' % kind, signature='"AAAA"'))
    deep = json.dumps(nested('{"a":', "}", 100_000, "1", 400_000))
    corpus.add("message", "visa-deep", members(MESSAGE, visa='{"did":"@SENDER@","data":%s,"signature":"AAAA"}' % deep))
    corpus.add("message", "visa-long", members(MESSAGE, visa='{"did":"@SENDER@","data":"%s","signature":"AAAA"}' % ("x" * 900_000)))


def told(content, depth, count=1):
    for _ in range(depth):
        content = '{"type":207,"sn":1,"messages":[' + ",".join(['{"sender":"a","content":' + content + "}"] * count) + "]}"
    return content


def arrays(content, depth):
    for _ in range(depth):
        content = '{"type":202,"sn":1,"contents":[' + content + "]}"
    return content


def wide(values, names):
    """The dearest trees of so many values."""
    trees = {"numbers": ["0"] * values, "lists": ["[]"] * values, "words": ['"aa"'] * values, "objects": ["{}"] * (values // 2),
             "members": ['{"a":0}'] * (values // 4), "names": ["{" + ",".join(f'"{i:x}":0' for i in range(names)) + "}"] * 20}
    return {name: "[" + ",".join(parts) + "]" for name, parts in trees.items()}


def contents(corpus):
    for name, value in {"missing": None, "negative": "-5", "zero": "0", "beyond": "18446744073709551616", "far": "1e30",
                        "word": '"abc"', "list": "[7]", "minus-text": '"-7"', "half": "0.5", "null": "null", "false": "false"}.items():
        corpus.add("content", f"serial-{name}", members(TEXT, sn=value))
    for name, value in {"missing": None, "negative": "-1", "huge": "99999999999999999999", "list": "[1]", "object": "{}",
                        "null": "null", "blank": '" "', "command": "136", "history": "137"}.items():
        corpus.add("content", f"type-{name}", members(TEXT, type=value))
    for name, value in {"other": "18", "word-other": '"image"'}.items():
        corpus.add("content", f"type-{name}-shown", members(TEXT, type=value, sn=str(corpus.count)))
    for name, value in {"null": "null", "number": "7", "object": "{}", "list": "[]", "empty": '""', "flag": "true"}.items():
        for kind in ("136", "137"):
            nameless = members({"type": kind, "sn": "9", "time": "1700000000", "command": value})
            corpus.add("content", f"command-{kind}-{name}", nameless)
            corpus.add("content", f"command-{kind}-{name}-array", arrays(nameless, 2))
    for command in ("reset", "invite", "quit", "join", "resign", "expel", "found"):
        for name, value in {"number": "7", "list": "[7,null,{}]", "word": '"x"', "text": '["",[],"x@y"]'}.items():
            corpus.add("content", f"history-{command}-{name}-lines", members(
                {"type": "137", "sn": str(corpus.count), "time": "1700000000", "command": f'"{command}"', "members": value}))
    for name, value in {"number": "7", "list": "[]", "long": '"' + "a" * FIT + '"', "none": '"nobody"'}.items():
        corpus.add("content", f"group-{name}", members(TEXT, group=value))
    corpus.add("content", "group-empty-shown", members(TEXT, group='""', sn=str(corpus.count)))
    for depth in (100, 1000):
        inner = "1"
        for _ in range(depth):
            inner = '{"type":255,"sn":1,"forward":{"sender":"@SENDER@","receiver":"@ME@","data":"AAAA","signature":"AAAA","content":' + inner + "}}"
        corpus.add("content", f"forward-{depth}", inner)
        corpus.add("content", f"array-{depth}", arrays(members(TEXT), depth))
        inner = members(TEXT)
        for _ in range(depth):
            inner = '{"type":207,"sn":1,"messages":[{"sender":"@SENDER@","content":' + inner + "}]}"
        corpus.add("content", f"combine-{depth}", inner)
    corpus.add("content", "empty", "")
    corpus.add("content", "zeros", bytes(1000))
    corpus.add("content", "zeros-many", bytes(FIT))
    for depth in range(1, 5):  # what may be said, and costs most
        corpus.add("content", f"combine-breaks-{depth}-shown", told('{"type":1,"text":"' + "\\n" * 500_000 + '"}', depth))
    for depth in range(5):
        for name, value in {**wide(59_900, 1_490), "text": '"' + "a" * BIG + '"'}.items():
            corpus.add("content", f"array-{name}-{depth}-shown", arrays(members(TEXT, type="55", sn=str(corpus.count), x=value), depth))
        for name, value in wide(100_000, 4_000).items():
            corpus.add("content", f"array-{name}-{depth}-more", arrays(members(TEXT, type="55", x=value), depth))
    corpus.add("content", "combine-wide-shown", told('{"type":1,"text":"' + "\\n" * 4_900 + '"}', 1, 100))
    corpus.add("content", "array-many-shown", '{"type":202,"sn":1,"contents":[' + ",".join([members(TEXT, x="[0" + ",0" * 580 + "]")] * 99) + "]}")
    corpus.add("content", "noise", bytes((i * 7919 >> 3) & 0xFF for i in range(FIT)))


def der(tag, body):
    size = len(body)
    head = bytes([tag, size]) if size < 0x80 else bytes([tag, 0x83]) + size.to_bytes(3, "big")
    return head + body


def metas(corpus):
    def pem(data, label="PUBLIC KEY"):
        return f"-----BEGIN {label}-----\\n{b64(data)}\\n-----END {label}-----"

    def meta(algorithm, data, extra=""):
        return '{"type":1,"key":{"algorithm":"%s","data":"%s"},"seed":"a","fingerprint":"AAAA"%s}' % (algorithm, data, extra)

    nest = b""
    for _ in range(5000):
        nest = der(0x30, nest)[:400_000]
    n = b"\0" + b"\xc1" * 128
    bodies = {"length-1g": bytes.fromhex("30844000000002"), "length-max": b"\x30\x84\xff\xff\xff\xff", "length-long": b"\x30\x88" + b"\x7f" * 8,
              "indefinite": b"\x30\x80" + der(2, n) + der(2, b"\3") + b"\0\0", "nested": nest, "empty": b"", "zeros": bytes(5000),
              "modulus-bomb": der(0x30, der(2, b"\0" + b"\xc1" * 300_001) + der(2, b"\1\0\1")), "modulus-even": der(0x30, der(2, n[:-1] + b"\2") + der(2, b"\1\0\1")),
              "modulus-small": der(0x30, der(2, b"\0\xc1") + der(2, b"\3")), "modulus-zero": der(0x30, der(2, b"\0") + der(2, b"\3")),
              "modulus-negative": der(0x30, der(2, b"\xc1" * 128) + der(2, b"\3")), "exponent-zero": der(0x30, der(2, n) + der(2, b"\0")),
              "exponent-one": der(0x30, der(2, n) + der(2, b"\1")), "exponent-even": der(0x30, der(2, n) + der(2, b"\4")),
              "exponent-bomb": der(0x30, der(2, n) + der(2, b"\x7f" * 300_001)), "behind": der(0x30, der(2, n) + der(2, b"\3")) + b"\0",
              "third": der(0x30, der(2, n) + der(2, b"\3") + der(2, b"\3")),
              "point-off": bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200") + b"\4" + b"\1" * 64,
              "point-none": bytes.fromhex("3016301006072a8648ce3d020106052b8104000a0302") + b"\0\0",
              "point-hybrid": bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200") + b"\6" + b"\1" * 64,
              "curve-other": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\4" + b"\1" * 64}
    for name, data in bodies.items():
        corpus.add("meta", f"rsa-{name}", meta("RSA", pem(data)))
        corpus.add("meta", f"ecc-{name}", meta("ECC", pem(data)))
    texts = {"armour-open": "-----BEGIN PUBLIC KEY-----", "armour-many": "-----BEGIN PUBLIC KEY-----" * 20_000, "armour-dashes": "-" * FIT,
             "armour-begin": "-----BEGIN " * 60_000, "armour-crossed": "-----END PUBLIC KEY-----AAAA-----BEGIN PUBLIC KEY-----",
             "junk": "!" * FIT, "base64-bomb": "A" * FIT, "breaks": "\\n" * 300_000, "hex-bomb": "0" * FIT, "hex": "04" + "11" * 64, "empty": ""}
    for name, text in texts.items():
        corpus.add("meta", f"rsa-{name}", meta("RSA", text))
        corpus.add("meta", f"ecc-{name}", meta("ECC", text))
    corpus.add("meta", "algorithm-long", meta("R" * FIT, "AAAA"))
    corpus.add("meta", "seed-long", '{"type":1,"key":{"algorithm":"RSA","data":"AAAA"},"seed":"%s","fingerprint":"AAAA"}' % ("s" * FIT))
    corpus.add("meta", "keys-many", '{"type":1,"key":{%s},"seed":"a"}' % ",".join(f'"{i:x}":1' for i in range(9999)))
    for name, value in {"list": "[]", "number": "7", "huge": "99999999999", "negative": "-1", "word": '"XYZ"'}.items():
        corpus.add("meta", f"type-{name}", '{"type":%s,"key":{"algorithm":"RSA","data":"AAAA"}}' % value)


def lines(corpus):
    def packet(kind, body=b"", serial=None, pages=None, index=0, length=None):
        words = 2 if serial is None else 4 if pages is None else 6
        head = b"DIM" + bytes([words << 4 | kind])
        if serial is not None:
            head += struct.pack(">Q", serial)
        if pages is not None:
            head += struct.pack(">II", pages, index)
        return head + struct.pack(">I", len(body) if length is None else length) + body

    for kind in range(16):
        corpus.add("line", f"type-{kind:x}", packet(kind, b"junk", 7))
        corpus.add("line", f"length-1g-{kind:x}", packet(kind, b"{", 7, length=1 << 30))
    for words in range(16):
        corpus.add("line", f"words-{words:x}", b"DIM" + bytes([words << 4 | 2]) + bytes(60))
    for name, length in (("4m", (4 << 20) + 1), ("2g", 1 << 31), ("max", 0xFFFFFFFF)):
        corpus.add("line", f"length-{name}", packet(2, b"", 7, length=length))
        corpus.add("line", f"length-short-{name}", packet(2, b"", length=length))
        corpus.add("line", f"length-pages-{name}", packet(0xA, b"", 7, 2, length=length))
    million = "{" + ",".join(f'"{i:x}":0' for i in range(1_000_000)) + "}"
    corpus.add("line", "keys-million", packet(2, million.encode(), 8))
    corpus.add("line", "nothing", packet(2, b"", 9))
    corpus.add("line", "over-a-mebibyte", packet(2, b" " * (1 << 20) + b"{}", 10))
    for pages, index in ((0, 0), (1, 1), (2, 2), (1_000_000, 0), (0xFFFFFFFF, 0xFFFFFFFE), (2, 0xFFFFFFFF)):
        corpus.add("line", f"pages-{pages}-{index}", packet(0xA, b"part", 11, pages, index))
    corpus.add("line", "fragments-without-end", b"".join(packet(0xA, b"x" * 100, 12, 100_000, i) for i in range(5000)))
    corpus.add("line", "fragments-of-many", b"".join(packet(0xA, b"x" * 100, 1000 + i, 3, 0) for i in range(5000)))
    corpus.add("line", "fragments-again", packet(0xA, b"x" * 100, 13, 3, 1) * 5000)
    corpus.add("line", "fragments-empty", b"".join(packet(0xA, b"", 14, 65535, i) for i in range(5000)))
    corpus.add("line", "fragments-other-count", b"".join(packet(0xA, b"x", 15, 2 + i, 0) for i in range(1000)))
    corpus.add("line", "fragments-big", b"".join(packet(0xA, bytes(1 << 20), 16, 100, i) for i in range(6)))
    for name, junk in (("zeros", bytes(60_000)), ("much", bytes(200_000)), ("letters", b"D" * 200_000), ("magic", b"DI" * 50_000),
                       ("http", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ("tls", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)),
                       ("headers", b"DIM\x12" * 20_000), ("headers-wrong", b"DIM\xf2" * 20_000)):
        corpus.add("line", f"junk-{name}", junk)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    corpus = Corpus(sys.argv[1])
    for part in (json_tricks, messages, contents, metas, lines):
        part(corpus)
    print(f"{corpus.count} files")


if __name__ == "__main__":
    main()
