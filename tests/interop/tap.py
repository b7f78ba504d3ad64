"""A loopback TCP proxy that writes every MTP packet of both directions as one JSON line.

SPDX-License-Identifier: GPL-2.0-or-later

usage: tap.py --to HOST:PORT --log FILE [--port N]      (prints {"event":"ready","port":…}; SIGTERM ends it)

A line: {"t":seconds,"conn":n,"dir":"c>s"|"s>c","kind":"mtp","head":hex,"type":0…15,"sn":hex,"body":JSON or text}
or, for bytes in which no packet was found, {"kind":"raw","hex":…}. "msgs" holds the parsed JSON lines of a body.
"""

import argparse
import json
import signal
import socket
import struct
import sys
import threading
import time

MAGIC = b"DIM"
STREAM_BODY = 0xFFFFFFFF


class MtpSplitter:
    """Cuts a byte stream into MTP packets; bytes that fit no packet come out as raw."""

    def __init__(self):
        self.buffer = b""

    def feed(self, data: bytes):
        """Yields ("mtp", head, type, sn, body) and ("raw", bytes) for what is complete now."""
        self.buffer += data
        while self.buffer:
            start = self.buffer.find(MAGIC)
            if start < 0:
                keep = next((n for n in (2, 1) if self.buffer.endswith(MAGIC[:n])), 0)
                raw, self.buffer = self.buffer[:len(self.buffer) - keep], self.buffer[len(self.buffer) - keep:]
                if raw:
                    yield ("raw", raw)
                return
            if start > 0:
                raw, self.buffer = self.buffer[:start], self.buffer[start:]
                yield ("raw", raw)
            packet = self._packet()
            if packet is None:
                return
            yield packet

    def _packet(self):
        buffer = self.buffer
        if len(buffer) < 4:
            return None
        size, kind = (buffer[3] >> 4) * 4, buffer[3] & 0x0F
        if size < 4 or size > 24:
            self.buffer = buffer[3:]
            return ("raw", MAGIC)
        if len(buffer) < size:
            return None
        sized = size // 4 % 2 == 0
        body_length = struct.unpack(">I", buffer[size - 4:size])[0] if sized else len(buffer) - size
        if body_length == STREAM_BODY:
            body_length = len(buffer) - size
        if len(buffer) < size + body_length:
            return None
        head, body = buffer[:size], buffer[size:size + body_length]
        self.buffer = buffer[size + body_length:]
        return ("mtp", head, kind, head[4:12] if size >= 12 else b"", body)


def messages_of(body: bytes):
    """The JSON objects in a packet's body; an empty list for control words and anything else."""
    if not body.startswith(b"{"):
        return []
    found = []
    for line in body.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            return []
    return found


class Tap:
    """Listens on loopback, forwards every connection to the target and keeps what went through in .records."""

    def __init__(self, host: str, port: int, log_path: str, listen_port: int = 0):
        self.target = (host, port)
        self.records = []
        self.raw = {"c>s": bytearray(), "s>c": bytearray()}
        self._log = open(log_path, "w", encoding="utf-8")
        self._lock = threading.Lock()
        self._count = 0
        self._open = set()
        self._server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._server.bind(("127.0.0.1", listen_port))
        self._server.listen(64)
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def messages(self, direction: str = None):
        """All reliable messages seen so far, with "dir" and "conn" beside each."""
        with self._lock:
            records = list(self.records)
        return [(record["dir"], record["conn"], message) for record in records if record["kind"] == "mtp"
                for message in record["msgs"] if direction in (None, record["dir"])]

    def bytes_seen(self) -> bytes:
        """Everything that went through, both directions, for searches of plaintext."""
        with self._lock:
            return bytes(self.raw["c>s"]) + b"\0" + bytes(self.raw["s>c"])

    def cut(self) -> None:
        """Closes all connections that are open now (new ones are still taken)."""
        with self._lock:
            victims = list(self._open)
        for line in victims:
            self._shut(line)

    def close(self) -> None:
        self._shut(self._server)
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                upstream = socket.create_connection(self.target, timeout=10)
            except OSError as error:
                self._record({"conn": 0, "dir": "c>s", "kind": "refused", "error": str(error)})
                client.close()
                continue
            upstream.settimeout(None)
            with self._lock:
                self._count += 1
                number = self._count
                self._open |= {client, upstream}
            for source, sink, direction in ((client, upstream, "c>s"), (upstream, client, "s>c")):
                threading.Thread(target=self._pump, args=(source, sink, direction, number), daemon=True).start()

    def _pump(self, source, sink, direction: str, number: int) -> None:
        splitter = MtpSplitter()
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                with self._lock:
                    self.raw[direction] += data
                for item in splitter.feed(data):
                    self._note(item, direction, number)
                sink.sendall(data)
        except OSError:
            pass
        self._record({"conn": number, "dir": direction, "kind": "closed"})
        for line in (source, sink):
            self._shut(line)
        with self._lock:
            self._open -= {source, sink}

    def _note(self, item, direction: str, number: int) -> None:
        if item[0] == "raw":
            self._record({"conn": number, "dir": direction, "kind": "raw", "hex": item[1][:512].hex()})
            return
        _, head, kind, serial, body = item
        parsed = messages_of(body)
        self._record({"conn": number, "dir": direction, "kind": "mtp", "head": head.hex(), "type": kind,
                      "sn": serial.hex(), "body": None if parsed else body.decode("utf-8", "backslashreplace"),
                      "msgs": parsed})

    def _record(self, record: dict) -> None:
        record = {"t": round(time.time(), 3), **record}
        with self._lock:
            self.records.append(record)
            self._log.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._log.flush()

    @staticmethod
    def _shut(line) -> None:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    host, port = args.to.rsplit(":", 1)
    tap = Tap(host, int(port), args.log, args.port)
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    signal.signal(signal.SIGINT, lambda *_: done.set())
    print(json.dumps({"event": "ready", "port": tap.port}), flush=True)
    done.wait()
    tap.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
