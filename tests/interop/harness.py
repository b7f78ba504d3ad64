"""Starts the programs of an interop test, feeds them JSON lines and waits for their events.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Missing(AssertionError):
    """An expected event did not come."""


class Program:
    """A child process with JSON lines on stdin and stdout; every event is kept in .events."""

    def __init__(self, label: str, argv, directory: str, env=None, talks: bool = True):
        """talks: understands {"do":"quit"} on stdin; otherwise SIGTERM is the polite way to end it."""
        os.makedirs(directory, exist_ok=True)
        self.label = label
        self.directory = directory
        self.talks = talks
        self.events = []
        self._news = queue.Queue()
        self._used = set()
        self._stderr = open(os.path.join(directory, label + ".stderr"), "ab")
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr,
                                        env={**os.environ, **(env or {})})
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            text = line.decode("utf-8", "backslashreplace")
            try:
                event = json.loads(text)
            except ValueError:
                event = {"event": "garbage", "line": text}
            event["seen_at"] = time.time()
            self.events.append(event)
            self._news.put(None)
        self._news.put(None)

    def tell(self, **command) -> None:
        self.process.stdin.write(json.dumps(command, ensure_ascii=False).encode() + b"\n")
        self.process.stdin.flush()

    def find(self, event: str, where=None, fresh: bool = True, **members):
        """The first matching event that was not handed out before (fresh), or None."""
        for index, item in enumerate(self.events):
            if fresh and index in self._used:
                continue
            if item.get("event") == event and all(item.get(key) == value for key, value in members.items()) \
                    and (where is None or where(item)):
                self._used.add(index)
                return item
        return None

    def wait(self, event: str, timeout: float = 30.0, where=None, **members):
        """The matching event; raises Missing when it does not come in time or the program ends first."""
        deadline = time.monotonic() + timeout
        while True:
            found = self.find(event, where, **members)
            if found is not None:
                return found
            left = deadline - time.monotonic()
            ended = self.process.poll() is not None and self._news.empty()
            if left <= 0 or ended:
                tail = "\n  ".join(json.dumps(item, ensure_ascii=False)[:400] for item in self.events[-12:])
                raise Missing(f"{self.label}: no {event} {members or ''} within {timeout:.0f} s"
                              f"{' (program ended)' if ended else ''}; its last events:\n  {tail}")
            try:
                self._news.get(timeout=min(left, 0.5))
            except queue.Empty:
                pass

    def all(self, event: str, where=None):
        """Every event of this kind so far."""
        return [item for item in list(self.events) if item.get("event") == event and (where is None or where(item))]

    def kill(self) -> None:
        """kill -9, as a crash."""
        self.process.kill()
        self.process.wait()

    def stop(self, timeout: float = 15.0) -> int:
        """Ends the program the polite way; returns its exit status."""
        if self.process.poll() is None:
            try:
                if self.talks:
                    self.tell(do="quit")
                else:
                    self.process.terminate()
            except (BrokenPipeError, ValueError):
                pass
            try:
                self.process.wait(timeout=timeout / 2)
            except subprocess.TimeoutExpired:
                self.process.terminate()
                try:
                    self.process.wait(timeout=timeout / 2)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
        self._stderr.close()
        return self.process.returncode


class Stage:
    """All programs of one test; ends them whatever happens."""

    def __init__(self, directory: str, python: str = sys.executable):
        self.directory = directory
        self.python = python
        self.programs = []
        self.taps = []
        os.makedirs(directory, exist_ok=True)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_) -> None:
        for program in reversed(self.programs):
            program.stop()
        for tap in self.taps:
            tap.close()

    def program(self, label: str, argv, env=None, talks: bool = True) -> Program:
        started = Program(label, argv, os.path.join(self.directory, "logs"), env, talks)
        self.programs.append(started)
        return started

    def official_station(self, data: str = "station", port: int = 0, *extra):
        """Starts the official station; returns (program, ready event)."""
        station = self.program(data, [self.python, os.path.join(HERE, "official_station.py"), "--port", str(port),
                                      "--data", os.path.join(self.directory, data), *extra],
                               talks=False)
        return station, station.wait("ready", 60)

    def official_client(self, name: str, port: int, *extra) -> Program:
        """Starts an official client (its account is made on the first start)."""
        return self.program(name, [self.python, os.path.join(HERE, "official_client.py"), "--station-port", str(port),
                                   "--data", os.path.join(self.directory, name), "--name", name, *extra])

    def official_account(self, name: str, *extra) -> str:
        """Makes the account that official_client() takes for this name; returns its ID."""
        data = os.path.join(self.directory, name)
        os.makedirs(data, mode=0o700, exist_ok=True)
        subprocess.run([self.python, os.path.join(HERE, "official_client.py"), "--data", data, "--name", name,
                        "--make-account", *extra], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(data, "account.json"), encoding="utf-8") as source:
            return json.load(source)["id"]

    def headless(self, name: str, path: str, plugin_dir: str) -> Program:
        """Starts our libpurple host without windows; its purple folder stays between two starts of one name."""
        started = self.program(name, [path, "--user-dir", os.path.join(self.directory, name), "--plugin-dir",
                                      plugin_dir], env={"DIM_HEADLESS_DEBUG": "1"})
        started.wait("ready", 60)
        return started

    def own_station(self, path: str, port: int, data: str = "dim-station", config: str = ""):
        """Starts dim-station on this loopback port with this configuration; returns once it takes connections."""
        folder = os.path.join(self.directory, data)
        with open(folder + ".conf", "w", encoding="utf-8") as out:
            out.write(config)
        station = self.program(data, [path, "--listen", f"127.0.0.1:{port}", "--data", folder, "--config",
                                      folder + ".conf"], talks=False)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and station.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return station
            except OSError:
                time.sleep(0.1)
        raise Missing(f"dim-station does not listen on {port}")

    def tap(self, port: int, label: str = "tap"):
        """A logging proxy in front of a loopback port."""
        from tap import Tap
        tap = Tap("127.0.0.1", port, os.path.join(self.directory, label + ".jsonl"))
        self.taps.append(tap)
        return tap
