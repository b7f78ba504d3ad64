"""An independent judge of what crossed the wire: OpenSSL (through `cryptography`) checks identities, signatures and keys.

SPDX-License-Identifier: GPL-2.0-or-later

Nothing of the official DIM packages is used here: their RSA verify() says yes to everything.
"""

import base64
import binascii
import hashlib
import json
import os

import base58
from Crypto.Hash import RIPEMD160, keccak
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BROADCAST = ("anywhere", "everywhere")


class Rejected(AssertionError):
    """Something on the wire is not what the protocol asks for."""


def decode(text) -> bytes:
    """Strict base64."""
    if not isinstance(text, str):
        raise Rejected(f"not base64 text: {text!r}"[:200])
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Rejected(f"base64: {error}: {text[:80]!r}") from error


def public_key(key: dict):
    """The OpenSSL key of a DIM key object."""
    data = key["data"].strip()
    if "BEGIN" in data:
        body = base64.b64decode("".join(line for line in data.splitlines() if "-----" not in line))
        return serialization.load_der_public_key(body)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), bytes.fromhex(data))


def key_verifies(key, data: bytes, signature: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, rsa_padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def key_bytes(key) -> bytes:
    """Key data as the BTC and ETH addresses take it."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def btc_address(data: bytes, network: int) -> str:
    head = bytes([network]) + RIPEMD160.new(hashlib.sha256(data).digest()).digest()
    return base58.b58encode(head + hashlib.sha256(hashlib.sha256(head).digest()).digest()[:4]).decode()


def eth_address(data: bytes) -> str:
    raw = data[1:] if len(data) == 65 else data
    digits = keccak.new(digest_bits=256, data=raw).digest()[-20:].hex()
    mask = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return "0x" + "".join(char.upper() if int(mask[at], 16) > 7 else char for at, char in enumerate(digits))


def split_id(text: str):
    """(name or None, address) of an ID; a terminal is cut off."""
    naked = text.split("/", 1)[0]
    name, _, address = naked.rpartition("@")
    return name or None, address


def check_meta(identifier: str, meta: dict):
    """The identity key, if the meta is valid and belongs to this ID."""
    name, address = split_id(identifier)
    kind = str(meta.get("type", meta.get("version"))).upper()
    key = public_key(meta["key"])
    seed = meta.get("seed")
    if kind in ("1", "MKM"):
        fingerprint = decode(meta["fingerprint"])
        if not seed or not key_verifies(key, seed.encode(), fingerprint):
            raise Rejected(f"meta of {identifier}: the fingerprint is not its key's signature of the seed")
        made = btc_address(fingerprint, base58.b58decode(address)[0])
    elif seed or meta.get("fingerprint"):
        raise Rejected(f"meta of {identifier}: seed or fingerprint where none may be")
    elif kind in ("2", "BTC"):
        made = btc_address(key_bytes(key), base58.b58decode(address)[0])
    elif kind in ("4", "ETH"):
        made = eth_address(key_bytes(key))
    else:
        raise Rejected(f"meta of {identifier}: unknown type {kind}")
    if made != address or (seed or None) != name:
        raise Rejected(f"meta does not make {identifier} but {seed}@{made}")
    return key


def is_broadcast(message: dict) -> bool:
    places = [split_id(message["receiver"])[1]]
    if message.get("group"):
        places.append(split_id(message["group"])[1])
    return any(place in BROADCAST for place in places)


def signed_bytes(message: dict) -> bytes:
    return message["data"].encode() if is_broadcast(message) else decode(message["data"])


class Judge:
    """Learns identities from the messages it is shown and checks every later message against them."""

    def __init__(self):
        self.identity = {}
        self.visas = {}

    def learn(self, identifier: str, meta: dict = None, visa: dict = None) -> None:
        naked = identifier.split("/", 1)[0]
        if meta:
            self.identity[naked] = check_meta(naked, meta)
        if visa:
            key = self.identity.get(naked)
            if key is None:
                raise Rejected(f"visa of {naked} before its meta")
            if not key_verifies(key, visa["data"].encode(), decode(visa["signature"])):
                raise Rejected(f"visa of {naked}: the identity key did not sign it")
            self.visas[naked] = json.loads(visa["data"])

    def learn_from(self, message: dict) -> None:
        """Attachments, and a document pushed in a plain message."""
        self.learn(message["sender"], message.get("meta"), message.get("visa"))
        if is_broadcast(message):
            content = json.loads(message["data"])
            if content.get("command") in ("document", "documents") and content.get("document"):
                self.learn(content.get("did", content.get("ID")), content.get("meta"), content["document"])

    def signed_by_sender(self, message: dict) -> bool:
        """Whether the sender's identity key (or visa key) made the signature."""
        naked = message["sender"].split("/", 1)[0]
        if naked not in self.identity:
            raise Rejected(f"no meta of {naked} was seen")
        keys = [self.identity[naked]]
        visa_key = self.visas.get(naked, {}).get("key")
        if visa_key:
            keys.append(public_key(visa_key))
        data, signature = signed_bytes(message), decode(message["signature"])
        return any(key_verifies(key, data, signature) for key in keys)

    def check(self, message: dict) -> None:
        """Everything that can be judged without a private key; raises Rejected."""
        self.learn_from(message)
        if not self.signed_by_sender(message):
            raise Rejected(f"signature of {message['sender']} -> {message['receiver']} is wrong")
        if is_broadcast(message):
            if message.get("key") or message.get("keys"):
                raise Rejected("a broadcast message carries a key")
            json.loads(message["data"])
            return
        self._check_secret(message)

    def _check_secret(self, message: dict) -> None:
        if len(decode(message["IV"])) != 16 or len(decode(message["data"])) % 16:
            raise Rejected("IV or ciphertext has no AES-CBC size")
        wrapped = [value for name, value in (message.get("keys") or {}).items() if name != "digest"]
        wrapped += [message["key"]] if message.get("key") else []
        if not wrapped:
            raise Rejected("no wrapped key")
        visa_key = self.visas.get(message["receiver"].split("/", 1)[0], {}).get("key")
        for item in wrapped:
            size = len(decode(item))
            if visa_key and size != (public_key(visa_key).key_size + 7) // 8:
                raise Rejected(f"a wrapped key of {size} bytes does not fit the receiver's visa key")


def private_key(pem: str):
    return serialization.load_pem_private_key(pem.encode(), None)


def _unwrap(wrapped, secrets) -> bytes:
    """The talk key inside; OpenSSL answers a wrong key with noise, so the right one is known by its JSON."""
    for secret in secrets:
        try:
            found = secret.decrypt(wrapped, rsa_padding.PKCS1v15())
            if found.startswith(b"{"):
                return found
        except ValueError:
            continue
    raise Rejected("the wrapped key opens with none of the receiver's keys")


def open_message(message: dict, *receiver_pems: str) -> dict:
    """The content, opened with the receiver's private visa key (or identity key, if that is RSA)."""
    if is_broadcast(message):
        return json.loads(message["data"])
    secrets = [private_key(pem) for pem in receiver_pems]
    wrapped = list((message.get("keys") or {}).values()) + ([message["key"]] if message.get("key") else [])
    opened = {_unwrap(decode(item), secrets) for item in wrapped}
    if len(opened) != 1:
        raise Rejected("`key` and `keys` hold different keys")
    key = json.loads(opened.pop())
    box = Cipher(algorithms.AES(decode(key["data"])), modes.CBC(decode(message["IV"]))).decryptor()
    padded = box.update(decode(message["data"])) + box.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return json.loads(unpadder.update(padded) + unpadder.finalize())


def official_secrets(data_dir: str):
    """The private RSA keys of an official account (visa keys, and the identity key), as the package stored them."""
    found = []
    for base, _, files in os.walk(os.path.join(data_dir, "db", "private")):
        for name in sorted(set(files) & {"secret_keys.js", "secret.js"}, reverse=True):
            with open(os.path.join(base, name), encoding="utf-8") as source:
                keys = json.load(source)
            found += [key["data"] for key in (keys if isinstance(keys, list) else [keys]) if key["algorithm"] == "RSA"]
    return found
