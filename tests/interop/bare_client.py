"""A small DIM client of its own (OpenSSL only), whose every field on the wire can be bent by the caller.

SPDX-License-Identifier: GPL-2.0-or-later

It shares no code with the official packages nor with purple-dim: it asks the official station and client which forms
they take, and it plays the peer who sends what nobody should send.
"""

import base64
import json
import os
import random
import socket
import struct
import threading
import time

from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from judge import btc_address, eth_address, is_broadcast, key_bytes, open_message, public_key
from tap import MtpSplitter, messages_of

STATION = "station@anywhere"
EVERYONE = "everyone@everywhere"


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def public_pem(key) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class Identity:
    """An account: identity key, meta, ID, RSA visa key and visa."""

    def __init__(self, kind: str = "eth", bits: int = 1024, seed: str = "bare", network: int = 0, name: str = "Bare",
                 visa_members: dict = None, visa_key_members: dict = None, ecc_form: str = "pem"):
        rsa_identity = kind == "mkm-rsa"
        self.secret = rsa.generate_private_key(65537, 1024) if rsa_identity else ec.generate_private_key(ec.SECP256K1())
        public = self.secret.public_key()
        key = {"algorithm": "RSA" if rsa_identity else "ECC", "data": public_pem(public)}
        if not rsa_identity:
            key["curve"] = "secp256k1"
            if ecc_form != "pem":
                full = key_bytes(public)
                form = serialization.PublicFormat.CompressedPoint
                key["data"] = {"hex65": full.hex(), "hex64": full[1:].hex(),
                               "hex33": public.public_bytes(serialization.Encoding.X962, form).hex()}[ecc_form]
        self.meta = {"type": 4, "version": 4, "key": key}
        if kind == "eth":
            self.id = eth_address(key_bytes(public))
        elif kind == "btc":
            self.meta.update(type=2, version=2)
            self.id = btc_address(key_bytes(public), network)
        else:
            fingerprint = self.sign(seed.encode())
            self.meta.update(type=1, version=1, seed=seed, fingerprint=encode(fingerprint))
            self.id = f"{seed}@{btc_address(fingerprint, network)}"
        self.visa_secret = rsa.generate_private_key(65537, bits)
        self.visa_key = {"algorithm": "RSA", "data": public_pem(self.visa_secret.public_key()),
                         **({"keySize": bits // 8} if bits != 1024 else {}), **(visa_key_members or {})}
        self.visa = self.make_visa(name, visa_members)

    def make_visa(self, name: str, members: dict = None, outside: dict = None) -> dict:
        """A visa signed now; members go into the signed text, outside beside it."""
        now = round(time.time(), 3)
        data = json.dumps({"type": "visa", "created_time": now, "time": now, "name": name, "key": self.visa_key,
                           **(members or {})})
        return {"did": self.id, "ID": self.id, "type": "visa", "data": data,
                "signature": encode(self.sign(data.encode())), **(outside or {})}

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.secret, rsa.RSAPrivateKey):
            return self.secret.sign(data, rsa_padding.PKCS1v15(), hashes.SHA256())
        return self.secret.sign(data, ec.ECDSA(hashes.SHA256()))

    def visa_pem(self) -> str:
        return self.visa_secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                              serialization.NoEncryption()).decode()


def serial() -> int:
    return random.randint(1, 2 ** 31 - 1)


def text(words: str, **more) -> dict:
    return {"type": 1, "sn": serial(), "time": round(time.time(), 3), "text": words, **more}


def command(name: str, **more) -> dict:
    return {"type": 136, "sn": serial(), "time": round(time.time(), 3), "command": name, "cmd": name, **more}


class BareClient:
    """One connection. received: (message, content or None) of everything that came."""

    def __init__(self, identity: Identity, port: int, host: str = "127.0.0.1"):
        self.identity = identity
        self.peers = {}
        self.received = []
        self.raw = bytearray()
        self.acks = []
        self._sn = random.getrandbits(62)
        self._news = threading.Condition()
        self.line = socket.create_connection((host, port), timeout=10)
        self.line.settimeout(None)
        self.closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def packet(self, body: bytes, kind: int = 2, sn: bytes = None) -> bytes:
        if sn is None:
            self._sn += 1
            sn = struct.pack(">Q", self._sn)
        return b"DIM" + bytes([(4 << 4) | kind]) + sn + struct.pack(">I", len(body)) + body

    def write(self, message: dict) -> None:
        self.line.sendall(self.packet(json.dumps(message).encode()))

    def seal(self, content: dict, receiver: str, keys: str = "both", attach: bool = False, sign: bool = True,
             **envelope) -> dict:
        """A reliable message; keys: both, key, keys; envelope members given replace or (None) remove the usual ones."""
        message = {"sender": self.identity.id, "receiver": receiver, "time": round(time.time(), 3),
                   "type": str(content["type"]), **envelope}
        message = {name: value for name, value in message.items() if value is not None}
        plain = json.dumps(content).encode()
        if is_broadcast(message):
            message["data"], signed = plain.decode(), plain
        else:
            secret, vector = os.urandom(32), os.urandom(16)
            padder = padding.PKCS7(128).padder()
            box = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
            signed = box.update(padder.update(plain) + padder.finalize()) + box.finalize()
            wrapped = encode(self.peers[receiver.split("/")[0]].encrypt(
                json.dumps({"algorithm": "AES", "data": encode(secret)}).encode(), rsa_padding.PKCS1v15()))
            message.update(data=encode(signed), IV=encode(vector))
            if keys in ("both", "key"):
                message["key"] = wrapped
            if keys in ("both", "keys"):
                message["keys"] = {receiver: wrapped}
        message["signature"] = encode(self.identity.sign(signed if sign else signed + b"?"))
        if attach:
            message.update(meta=self.identity.meta, visa=self.identity.visa)
        return message

    def send(self, content: dict, receiver: str, **variant) -> dict:
        message = self.seal(content, receiver, **variant)
        self.write(message)
        return message

    def learn(self, identifier: str, visa: dict) -> None:
        """Keeps the encryption key of a peer."""
        self.peers[identifier] = public_key(json.loads(visa["data"])["key"])

    def wait(self, where, timeout: float = 10.0):
        """The content of the first received message for which where(content, message) holds, or None."""
        deadline = time.monotonic() + timeout
        seen = 0
        with self._news:
            while True:
                for message, content in self.received[seen:]:
                    if content is not None and where(content, message):
                        return content
                seen = len(self.received)
                left = deadline - time.monotonic()
                if left <= 0 or self.closed:
                    return None
                self._news.wait(min(left, 0.5))

    def login(self, timeout: float = 10.0, **variant) -> bool:
        """The whole handshake, the visa push and the login command; False when no DIM! came."""
        hello = {"title": "Hello world!", "message": "Hello world!"}
        self.send(command("handshake", **hello, group="stations@everywhere"), STATION, attach=True, **variant)
        ask = self.wait(lambda content, _: content.get("title") == "DIM?", timeout)
        if ask is None:
            return False
        self.station = next(m["sender"] for m, c in self.received if c is ask)
        self.send(command("handshake", **hello, session=ask["session"]), self.station, **variant)
        if self.wait(lambda content, _: content.get("title") == "DIM!", timeout) is None:
            return False
        self.send(command("document", did=self.identity.id, ID=self.identity.id, document=self.identity.visa), EVERYONE)
        self.send(command("login", did=self.identity.id, ID=self.identity.id, agent="bare",
                          station={"did": self.station, "ID": self.station}), EVERYONE)
        return True

    def query(self, identifier: str, timeout: float = 10.0) -> bool:
        """Asks the station for a user's visa and keeps its key."""
        self.send(command("document", did=identifier, ID=identifier), STATION)
        return self.wait(lambda *_: identifier in self.peers, timeout) is not None

    def close(self) -> None:
        self.closed = True
        try:
            self.line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.line.close()

    def _read(self) -> None:
        splitter = MtpSplitter()
        while True:
            try:
                data = self.line.recv(65536)
            except OSError:
                data = b""
            if not data:
                break
            self.raw += data
            for item in splitter.feed(data):
                if item[0] == "mtp":
                    self._packet(*item[2:])
        with self._news:
            self.closed = True
            self._news.notify_all()

    def _packet(self, kind: int, sn: bytes, body: bytes) -> None:
        if kind == 3:
            self.acks.append((sn, body))
            return
        if kind != 2:
            return
        try:
            self.line.sendall(self.packet(b"OK", 3, sn))
        except OSError:
            return
        for message in messages_of(body):
            self._message(message)

    def _message(self, message: dict) -> None:
        if message.get("visa"):
            self.learn(message["sender"], message["visa"])
        try:
            content = open_message(message, self.identity.visa_pem())
        except Exception:  # what cannot be opened is kept as None and shows up as missing
            content = None
        for item in (content or {}).get("contents", [content]) if content else []:
            if isinstance(item, dict) and item.get("command") in ("document", "documents"):
                for visa in item.get("documents") or [item.get("document")]:
                    if visa:
                        self.learn(item.get("did", item.get("ID")), visa)
        with self._news:
            self.received.append((message, content))
            self._news.notify_all()
