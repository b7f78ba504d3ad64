"""Starts a private Redis on a free loopback port and ends it again.

SPDX-License-Identifier: GPL-2.0-or-later

Debian's redis-server package would start a service when it is installed, so it is never used: redis-check-rdb
of package redis-tools is the very same program and acts as the server when it is called by that name.
(The file is not called redis.py, because that would hide the Python package of this name.)
"""

import os
import shutil
import signal
import socket
import subprocess
import time


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_server() -> str:
    """The path of a binary that acts as redis-server."""
    for name in ("redis-check-rdb", "redis-check-aof", "redis-server"):
        path = shutil.which(name)
        if path is not None:
            return path
    raise RuntimeError("no Redis found: install the Debian package redis-tools")


class RedisServer:
    """A Redis of our own: data in one directory, loopback only, gone with stop()."""

    def __init__(self, directory: str, port: int = 0):
        os.makedirs(directory, mode=0o700, exist_ok=True)
        self.directory = directory
        self.port = port or free_port()
        self.process = None

    def start(self) -> "RedisServer":
        log = open(os.path.join(self.directory, "redis.log"), "ab")
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.directory,
             "--daemonize", "no", "--save", "1 1", "--appendonly", "yes", "--appendfsync", "everysec",
             "--databases", "16", "--protected-mode", "yes"],
            executable=find_server(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"Redis ended at once, see {self.directory}/redis.log")
            if self._answers():
                return self
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("Redis did not answer within 10 s")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
