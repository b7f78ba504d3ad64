#!/usr/bin/env python3
"""The JSON gate against Python's json, made strict by hooks: the same texts taken, the same values read.

usage: gate_test.py GATE-JUDGE VECTORS-DIR [COUNT [SEED]]
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import math
import random
import struct
import subprocess
import sys
from pathlib import Path

MAX_DEPTH = 64
MAX_TEXT = 600


class Refused(ValueError):
    pass


def refuse(_):
    raise Refused("NaN or infinite")


def strict_float(text):
    value = float(text)
    if not math.isfinite(value):
        raise Refused("beyond a double")
    return value


def strict_int(text):
    strict_float(text)
    return int(text)


def strict_string(text):
    if "\0" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise Refused("NUL or lone surrogate")


def strict_object(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused("a name twice")
    return made


def strict_value(value, depth):
    if isinstance(value, str):
        strict_string(value)
    elif isinstance(value, (dict, list)):
        if depth == MAX_DEPTH:
            raise Refused("too deep")
        if isinstance(value, dict):
            for name in value:
                strict_string(name)
            value = value.values()
        for inner in value:
            strict_value(inner, depth + 1)


def python_reads(data):
    """The value, or raises ValueError or RecursionError."""
    value = json.loads(data.decode("utf-8"), parse_constant=refuse, parse_float=strict_float,
                       parse_int=strict_int, object_pairs_hook=strict_object)
    strict_value(value, 0)
    return value


def same(ours, theirs):
    """ours: what the core wrote again. Integers beyond 64 bits arrive as strings of digits."""
    if isinstance(theirs, dict):
        return (isinstance(ours, dict) and list(ours) == list(theirs)
                and all(same(ours[name], theirs[name]) for name in theirs))
    if isinstance(theirs, list):
        return (isinstance(ours, list) and len(ours) == len(theirs)
                and all(map(same, ours, theirs)))
    if isinstance(theirs, bool) or isinstance(ours, bool) or theirs is None:
        return ours is theirs
    if isinstance(theirs, int) and not -2**63 <= theirs < 2**63:
        return ours == str(theirs)
    if isinstance(theirs, (int, float)):
        return isinstance(ours, (int, float)) and ours == theirs
    return ours == theirs


# --- what is tried ---
TOKENS = [t.encode() for t in (
    '{', '}', '[', ']', ',', ':', '"', '\\', '\\u', '\\u0000', '\\ud800', '\\udc00', '\\ud83d\\ude00', '\\u0041',
    '\\x41', '\\/', '\\b', "'", 'null', 'true', 'false', 'True', 'NaN', 'Infinity', '-Infinity', '-', '+', '0', '00',
    '-0', '0.', '.5', '1e', '1e5', '1E+400', '1e-400', '1e308', '1.8e308', '-1e999', '9223372036854775807',
    '9223372036854775808', '-9223372036854775809', '18446744073709551615', '18446744073709551616', '1' * 308,
    '1' * 309, '1' * 400, '{"a":1}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[[]]', '[' * 63, '[' * 65, ']' * 65,
    '{"":', '"":', ' ', '\t', '\n', '\r', '\f', '\v', '\xa0', '\ufeff', '\u2028', '/**/', '//', '#', 'e', 'E', '\x7f')]
BYTES = [b"\0", b"\x01", b"\x1f", b"\x80", b"\xc0\x80", b"\xc3", b"\xc3\xa9", b"\xed\xa0\x80", b"\xed\x9f\xbf", b"\xee\x80\x80",
         b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"\xf0\x9f\x98\x80", b"\xff", b"\xfe\xff"]
BY_HAND = [t.encode() for t in (
    '{}', '[]', '""', '0', '-0.0', 'null', ' {"a" : [ 1 , 2.5e-3 , -7 ] } ', '{"a":{"b":{"c":[[[]]]}}}',
    '{"type":1,"sn":18446744073709551615,"time":1700000100.125,"text":"\\u4f60\\u597d \\ud83d\\ude00 \\"x\\"\\\\"}',
    '{"x":1,"y":1.0,"z":1e0,"big":123456789012345678901234567890}', '{"é":"é","\\u00e9x":1}',
    '[' * 64 + ']' * 64, '{"a":' * 64 + '1' + '}' * 64, '{"a":' * 63 + '[]' + '}' * 63)]


def vector_texts(folder):
    """Contents of the vectors that are short enough."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            text = json.dumps(value, ensure_ascii=len(found) % 2 == 0)
            if len(text) <= MAX_TEXT:
                found.append(text.encode())
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                walk(inner)

    for path in sorted(Path(folder).glob("*.json")):
        walk(json.loads(path.read_text(encoding="utf-8")))
    return found


class Maker:
    def __init__(self, seed, folder):
        self.random = random.Random(seed)
        self.seeds = BY_HAND + vector_texts(folder)

    def string(self):
        parts = []
        for _ in range(self.random.randrange(4)):
            kind = self.random.randrange(8)
            if kind < 4:
                parts.append(self.random.choice(["a", "b", "type", "sn", "é", "\U0001f600", "~", "/"]).encode())
            elif kind < 6:
                code = self.random.choice([1, 0x41, 0x61, 0xE9, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF,
                                           self.random.randrange(1, 0xD800)])
                parts.append(b"\\u%04x" % code if kind == 4 else b"\\u%04X" % code)
            else:
                parts.append(self.random.choice([b"\\n", b'\\"', b"\\\\", b"\\/", b"\\ud83d\\ude00"]))
        return b'"' + b"".join(parts) + b'"'

    def number(self):
        text = self.random.choice(["", "-"]) + str(self.random.choice(
            [0, 1, 7, 10, self.random.getrandbits(31), self.random.getrandbits(63), self.random.getrandbits(64),
             self.random.getrandbits(self.random.randrange(1, 1100))]))
        if self.random.random() < 0.3:
            text += "." + str(self.random.getrandbits(self.random.randrange(1, 60)))
        if self.random.random() < 0.3:
            text += (self.random.choice("eE") + self.random.choice(["", "+", "-"])
                     + str(self.random.choice([0, 1, 20, 22, 23, 300, 308, 309, 324])))
        return text.encode()

    def blank(self):
        return self.random.choice([b"", b"", b"", b"", b" ", b"\n", b"\t\r"])

    def value(self, depth=0):
        kind = self.random.randrange(8 if depth < 5 else 5)
        if kind == 0:
            return self.random.choice([b"true", b"false", b"null"])
        if kind < 3:
            return self.number()
        if kind < 5:
            return self.string()
        count = self.random.randrange(5)
        inner = [self.blank() + self.value(depth + 1) + self.blank() for _ in range(count)]
        if kind == 5:
            return b"[" + b",".join(inner) + b"]"
        return (b"{" + b",".join(self.blank() + self.string() + self.blank() + b":" + one for one in inner)
                + self.blank() + b"}")

    def change(self, data):
        at = self.random.randrange(len(data) + 1)
        end = min(len(data), at + self.random.choice([1, 1, 1, 2, 5, 20]))
        kind = self.random.randrange(7)
        if kind == 0 and data:
            return data[:at] + bytes([self.random.randrange(256)]) + data[at + 1:]
        if kind == 1 and at < len(data):
            return data[:at] + bytes([data[at] ^ 1 << self.random.randrange(8)]) + data[at + 1:]
        if kind == 2:
            return data[:at] + self.random.choice(TOKENS) + data[at:]
        if kind == 3:
            return data[:at] + self.random.choice(BYTES) + data[at:]
        if kind == 4:
            return data[:at] + data[end:]
        if kind == 5:
            return data[:end] + data[at:]
        other = self.random.choice(self.seeds)
        return data[:at] + other[self.random.randrange(len(other) + 1):]

    def text(self):
        data = self.random.choice(self.seeds) if self.random.random() < 0.5 else self.value()
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            data = self.change(data)
        return data


def verdicts(program, texts):
    fed = b"".join(struct.pack(">I", len(text)) + text for text in texts)
    out = subprocess.run([program], input=fed, stdout=subprocess.PIPE, check=True).stdout
    at = 0
    for _ in texts:
        kind, at = out[at:at + 1], at + 1
        written = None
        if kind == b"O":
            size, = struct.unpack_from(">I", out, at)
            written = out[at + 4:at + 4 + size]
            at += 4 + size
        yield kind.decode(), written
    if at != len(out):
        sys.exit("gate-judge said more than it was asked")


def compare(text, kind, written):
    """None, or what is wrong."""
    try:
        value = python_reads(text)
    except (ValueError, RecursionError) as error:
        return None if kind == "R" else f"taken, but: {error}"
    if kind == "R":
        return "refused, but Python reads it"
    if (kind == "O") != isinstance(value, dict):
        return "an object to one of the two only"
    if kind == "O" and not same(json.loads(written), value):
        return f"read as {written!r}"
    return None


def main():
    program, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 120000
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 20261121
    maker = Maker(seed, folder)
    texts = maker.seeds + [maker.text() for _ in range(count)]
    taken = {"R": 0, "A": 0, "O": 0}
    wrong = 0
    for text, (kind, written) in zip(texts, verdicts(program, texts)):
        taken[kind] += 1
        why = compare(text, kind, written)
        if why is not None:
            wrong += 1
            if wrong <= 20:
                print(f"{text!r}: {why}")
    print(f"{len(texts)} texts (seed {seed}): {taken['O']} objects and {taken['A']} other values taken, "
          f"{taken['R']} refused, {wrong} judged differently")
    if min(taken["O"], taken["R"]) < count // 5:
        print("too lopsided to say much")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
