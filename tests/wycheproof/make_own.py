#!/usr/bin/env python3
"""Writes own.json: cases in the form of the Wycheproof sets in which libgcrypt alone is less strict than we are.

Everything is computed here from one thrown-away key, so that the file can be made again to the letter.
"""
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import hashlib
import json
import sys
from pathlib import Path

# A 1024-bit key that guards nothing: the primes are the first above two digests.
SIZE = 128
E = 65537
HASH = bytes.fromhex("3031300d060960864801650304020105000420")


def is_prime(n):
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41):
        if n % a == 0:
            return n == a
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(word):
    n = int.from_bytes(hashlib.sha512(word).digest(), "big") | 3 << 510 | 1
    while not is_prime(n) or n % E == 1:
        n += 2
    return n


P, Q = sorted((prime(b"purple-dim p"), prime(b"purple-dim q")), reverse=True)
N = P * Q
D = pow(E, -1, (P - 1) * (Q - 1))


def der_head(tag, size):
    if size < 0x80:
        return bytes([tag, size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets


def der_integer(n):
    body = n.to_bytes(n.bit_length() // 8 + 1, "big")
    return der_head(2, len(body)) + body


def private_pem():
    body = b"".join(map(der_integer, (0, N, E, D, P, Q, D % (P - 1), D % (Q - 1), pow(Q, -1, P))))
    text = base64.b64encode(der_head(0x30, len(body)) + body).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])


def public_der():
    body = der_integer(N) + der_integer(E)
    key = b"\0" + der_head(0x30, len(body)) + body
    body = bytes.fromhex("300d06092a864886f70d0101010500") + der_head(3, len(key)) + key
    return der_head(0x30, len(body)) + body


def sized(n, size=SIZE):
    return n.to_bytes(size, "big")


def test(cases, comment, result, **members):
    shown = {k: v.hex() for k, v in members.items()}
    cases.append({"tcId": len(cases) + 1, "comment": comment, "flags": [], **shown, "result": result})


def signed(block):
    return pow(int.from_bytes(block, "big"), D, N)


def signatures():
    cases = []
    # a message whose signature leaves room for s + n in the same number of bytes
    for i in range(1000):
        text = b"a message of our own %d" % i
        info = HASH + hashlib.sha256(text).digest()
        s = signed(b"\0\1" + b"\xff" * (SIZE - 3 - len(info)) + b"\0" + info)
        if s + N < 1 << 8 * SIZE:
            break
    no_null = bytes.fromhex("302f300b0609608648016503040201" + "0420") + info[len(HASH):]
    blocks = [
        ("the NULL of the digest's name is missing",
         b"\0\1" + b"\xff" * (SIZE - 3 - len(no_null)) + b"\0" + no_null),
        ("short padding and garbage behind", b"\0\1" + b"\xff" * 8 + b"\0" + info + bytes(SIZE - 11 - len(info))),
        ("the digest without its name", b"\0\1" + b"\xff" * (SIZE - 35) + b"\0" + info[len(HASH):]),
        ("block type 2", b"\0\2" + b"\xff" * (SIZE - 3 - len(info)) + b"\0" + info),
    ]
    test(cases, "good", "valid", msg=text, sig=sized(s))
    test(cases, "s + n", "invalid", msg=text, sig=sized(s + N))
    test(cases, "a zero byte in front", "invalid", msg=text, sig=b"\0" + sized(s))
    test(cases, "two zero bytes in front of s + n", "invalid", msg=text, sig=bytes(2) + sized(s + N))
    test(cases, "a byte behind", "invalid", msg=text, sig=sized(s) + b"\0")
    test(cases, "n - s", "invalid", msg=text, sig=sized(N - s))
    test(cases, "nothing", "invalid", msg=text, sig=b"")
    test(cases, "zero", "invalid", msg=text, sig=bytes(SIZE))
    test(cases, "one", "invalid", msg=text, sig=sized(1))
    test(cases, "n", "invalid", msg=text, sig=sized(N))
    test(cases, "n - 1", "invalid", msg=text, sig=sized(N - 1))
    for comment, block in blocks:
        test(cases, comment, "invalid", msg=text, sig=sized(signed(block)))
    return {"type": "RsassaPkcs1Verify", "keySize": 8 * SIZE, "sha": "SHA-256",
            "publicKeyDer": public_der().hex(), "tests": cases}


def wrapped(block):
    return pow(int.from_bytes(block, "big"), E, N)


def openings():
    cases = []
    fill = 0
    while True:  # one that leaves room for c + n
        fill += 1
        c = wrapped(b"\0\2" + bytes([fill]) * (SIZE - 8) + b"\0" + b"text!")
        if c + N < 1 << 8 * SIZE:
            break
    good = b"\0\2" + b"\xaa" * 8 + b"\0" + b"x" * 117
    test(cases, "good", "valid", msg=b"text!", ct=sized(c))
    test(cases, "an empty text", "valid", msg=b"", ct=sized(wrapped(b"\0\2" + b"\xaa" * 125 + b"\0")))
    test(cases, "the longest text", "valid", msg=b"x" * 117, ct=sized(wrapped(good)))
    for pad in (0, 1, 7):
        block = b"\0\2" + b"\xaa" * pad + b"\0" + b"x" * (SIZE - 3 - pad)
        test(cases, f"{pad} bytes of padding", "invalid", msg=b"", ct=sized(wrapped(block)))
    test(cases, "padding of zeros", "invalid", msg=b"", ct=sized(wrapped(b"\0\2" + bytes(120) + b"text!!")))
    test(cases, "no end of the padding", "invalid", msg=b"", ct=sized(wrapped(b"\0\2" + b"\xaa" * 126)))
    test(cases, "block type 0", "invalid", msg=b"", ct=sized(wrapped(b"\0\0" + good[2:])))
    test(cases, "block type 1", "invalid", msg=b"", ct=sized(wrapped(b"\0\1" + good[2:])))
    test(cases, "first byte 1", "invalid", msg=b"", ct=sized(wrapped(b"\1" + good[1:])))
    test(cases, "c + n", "invalid", msg=b"", ct=sized(c + N))
    test(cases, "c + n in one byte more", "invalid", msg=b"", ct=sized(c + N, SIZE + 1))
    test(cases, "a zero byte in front", "invalid", msg=b"", ct=b"\0" + sized(c))
    test(cases, "a byte behind", "invalid", msg=b"", ct=sized(c) + b"\0")
    test(cases, "a byte less", "invalid", msg=b"", ct=sized(c)[:-1])
    test(cases, "nothing", "invalid", msg=b"", ct=b"")
    for comment, number in (("zero", 0), ("one", 1), ("n - 1", N - 1), ("n", N)):
        test(cases, comment, "invalid", msg=b"", ct=sized(number))
    return {"type": "RsaesPkcs1Decrypt", "keySize": 8 * SIZE, "privateKeyPem": private_pem(), "tests": cases}


# --- secp256k1 ---
FIELD = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
BASE = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
        0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def plus(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % FIELD == 0:
        return None
    slope = (3 * a[0] * a[0] * pow(2 * a[1], -1, FIELD) if a == b
             else (b[1] - a[1]) * pow(b[0] - a[0], -1, FIELD)) % FIELD
    x = (slope * slope - a[0] - b[0]) % FIELD
    return x, (slope * (a[0] - x) - a[1]) % FIELD


def times(k, point):
    result = None
    while k > 0:
        if k & 1:
            result = plus(result, point)
        point, k = plus(point, point), k >> 1
    return result


def sequence(*parts):
    body = b"".join(parts)
    return der_head(0x30, len(body)) + body


def curve_signatures():
    cases = []
    text = b"a message of our own"
    digest = int.from_bytes(hashlib.sha256(text).digest(), "big")
    secret = int.from_bytes(hashlib.sha256(b"purple-dim secp256k1").digest(), "big") % ORDER
    nonce = int.from_bytes(hashlib.sha256(b"purple-dim nonce").digest(), "big") % ORDER
    point = times(secret, BASE)
    r = times(nonce, BASE)[0] % ORDER
    s = pow(nonce, -1, ORDER) * (digest + r * secret) % ORDER
    low, high = min(s, ORDER - s), max(s, ORDER - s)
    ir, good = der_integer(r), der_integer(low)
    body = ir + good
    bad = [
        ("r + order", sequence(der_integer(r + ORDER), good)),
        ("s + order", sequence(ir, der_integer(low + ORDER))),
        ("r is 0", sequence(der_integer(0), good)),
        ("s is 0", sequence(ir, der_integer(0))),
        ("s is the order", sequence(ir, der_integer(ORDER))),
        ("negative r", sequence(bytes([2, 32]) + (r | 1 << 255).to_bytes(32, "big"), good)),
        ("a longer length than needed", bytes([0x30, 0x81, len(body)]) + body),
        ("a length without end", b"\x30\x80" + body + b"\0\0"),
        ("a needless zero in s", sequence(ir, bytes([2, len(good) - 1, 0]) + good[2:])),
        ("a byte behind", sequence(ir, good) + b"\0"),
        ("a byte behind, inside", sequence(ir, good, b"\0")),
        ("a third number", sequence(ir, good, der_integer(1))),
        ("one number", sequence(ir)),
        ("nothing inside", sequence()),
        ("as a set", b"\x31" + sequence(ir, good)[1:]),
        ("a boolean for s", sequence(ir, b"\1\1\xff")),
        ("a byte less", sequence(ir, good)[:-1]),
        ("without armour: r and s as 64 bytes", r.to_bytes(32, "big") + low.to_bytes(32, "big")),
        ("nothing", b""),
    ]
    test(cases, "low s", "valid", msg=text, sig=sequence(ir, good))
    test(cases, "high s", "valid", msg=text, sig=sequence(ir, der_integer(high)))
    for comment, sig in bad:
        test(cases, comment, "invalid", msg=text, sig=sig)
    key = b"\4" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")
    der = bytes.fromhex("3056301006072a8648ce3d020106052b8104000a034200") + key
    return {"type": "EcdsaVerify", "sha": "SHA-256", "publicKeyDer": der.hex(), "tests": cases}


def main():
    groups = [signatures(), openings(), curve_signatures()]
    whole = {"algorithm": "our own", "numberOfTests": sum(len(g["tests"]) for g in groups), "testGroups": groups}
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("own.json")
    target.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
