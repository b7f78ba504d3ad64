"""What the launchers of the official station and client share: configuration, accounts, events on stdout.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import logging
import os
import sys
import threading

_events = None
_lock = threading.Lock()


def claim_stdout():
    """Keeps the real stdout for events and returns it; whatever the packages print goes to stderr."""
    global _events
    sys.stdout.flush()
    _events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return _events


def emit(event: str, **members) -> None:
    """Writes one event as one JSON line."""
    line = json.dumps({"event": event, **members}, ensure_ascii=False, default=str)
    with _lock:
        _events.write(line + "\n")
        _events.flush()


def log_to(directory: str, name: str) -> None:
    """Sends the packages' own log to a file in the data folder (DIM_INTEROP_DEBUG=1: in full, with contents)."""
    from small.log import Log
    level = logging.DEBUG if os.environ.get("DIM_INTEROP_DEBUG") else logging.WARNING
    logger = logging.getLogger(name)
    logger.setLevel(level)
    logger.propagate = False
    handler = logging.FileHandler(os.path.join(directory, name + ".log"), encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    Log.logger = logger


def write_config(directory: str, redis_port: int = 0, station: dict = None, ans: dict = None) -> str:
    """Writes the ini file that the packages read; returns its path. redis_port 0: no Redis."""
    lines = ["[database]", f"root = {directory}/db", f"public = {directory}/db/public",
             f"protected = {directory}/db/protected", f"private = {directory}/db/private", "",
             "[redis]", f"enable = {'true' if redis_port else 'false'}", "host = 127.0.0.1",
             f"port = {redis_port}", ""]
    if station:
        lines += ["[station]", f"id = {station['id']}", f"host = {station['host']}", f"port = {station['port']}", ""]
    lines += ["[ans]"] + [f"{name} = {identifier}" for name, identifier in (ans or {}).items()] + [""]
    path = os.path.join(directory, "config.ini")
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(lines))
    return path


def read_account(directory: str):
    """The ID made by an earlier start in this folder, or None."""
    try:
        with open(os.path.join(directory, "account.json"), encoding="utf-8") as source:
            return json.load(source)["id"]
    except FileNotFoundError:
        return None


def _identity(kind: str, seed: str, network: int):
    """Makes an identity key and its meta; kind is eth, btc, mkm-ecc or mkm-rsa."""
    from dimsdk import Meta, PrivateKey
    from dimap import AsymmetricAlgorithms
    rsa = kind == "mkm-rsa"
    key = PrivateKey.generate(algorithm=AsymmetricAlgorithms.RSA if rsa else AsymmetricAlgorithms.ECC)
    version, name = {"eth": ("4", None), "btc": ("2", None)}.get(kind, ("1", seed))
    meta = Meta.generate(version=version, private_key=key, seed=name)
    return key, meta, meta.generate_id(network)


def _message_key(bits: int):
    """An RSA key for the visa. Its size must be said: the packages believe 128 bytes otherwise."""
    from dimap.crypto.rsa import RSAPrivateKey
    key = RSAPrivateKey.new_key(bits=bits)
    public = key.public_key
    if bits != 1024:
        key["keySize"] = bits // 8
        public["keySize"] = bits // 8
    return key, public


async def make_account(directory: str, kind: str, seed: str, network: int, name: str, bits: int = 1024,
                       properties: dict = None) -> str:
    """Makes and stores an account (keys, meta, visa); returns its ID.

    The process must end after this: save_private_key() of the packages forgets an await and leaves a coroutine where
    the decryption keys should be in memory, so that only the next process can read them from the disk.
    """
    from dimax import BaseVisa
    from dimples.common.dbi import PrivateKeyDBI
    from dimples.database import AccountDatabase
    from dimples.utils import Config
    config = Config()
    await config.load(path=os.path.join(directory, "config.ini"))
    database = AccountDatabase(config=config)
    id_key, meta, identifier = _identity(kind, seed, network)
    msg_key, public = _message_key(bits)
    visa = BaseVisa()
    visa.set_string(key="did", value=identifier)
    visa.name = name
    visa.public_key = public
    for key, value in (properties or {}).items():
        visa.set_property(name=key, value=value)
    if visa.sign(private_key=id_key) is None:
        raise RuntimeError("the visa could not be signed")
    await database.save_private_key(key=id_key, user=identifier, key_type=PrivateKeyDBI.META)
    await database.save_private_key(key=msg_key, user=identifier, key_type=PrivateKeyDBI.VISA)
    await database.save_meta(meta=meta, identifier=identifier)
    await database.save_document(document=visa, identifier=identifier)
    with open(os.path.join(directory, "account.json"), "w", encoding="utf-8") as out:
        json.dump({"id": str(identifier), "kind": kind, "bits": bits}, out)
    return str(identifier)
