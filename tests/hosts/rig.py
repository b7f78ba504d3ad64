# SPDX-License-Identifier: GPL-2.0-or-later
"""What the host tests share: a private folder, a station, headless hosts, a tap on the wire."""
import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = float(os.environ.get("DIM_PATIENCE", "60"))


class Failure(Exception):
    """Something did not happen in time, or happened wrongly."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end(process, seconds=10):
    """Ends one process of ours and returns its status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def end_group(process, seconds=5):
    """The same of one that was started with a session of its own, and of all that it made."""
    def tell(number):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return False
        return True
    deadline = time.monotonic() + seconds
    tell(signal.SIGTERM)
    while tell(0) and time.monotonic() < deadline:
        process.poll()
        time.sleep(0.05)
    tell(signal.SIGKILL)
    return process.wait()


def judged(settings):
    """The environment of a process whose leaks and undefined behaviour shall make it fail."""
    settings.setdefault("ASAN_OPTIONS", "detect_leaks=1:fast_unwind_on_malloc=0:exitcode=99")
    settings.setdefault("LSAN_OPTIONS", f"suppressions={HERE / 'lsan.supp'}:print_suppressions=1")
    settings.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1")
    return settings


class Lines:
    """The output of a process, line by line, to be waited for."""

    def __init__(self, stream):
        self.items = []
        self.ended = False
        self.changed = threading.Condition()
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            with self.changed:
                self.items.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait(self, found, seconds=None, start=0):
        """(index, value) of the first item from start on for which found(item) is true; else Failure."""
        deadline = time.monotonic() + (PATIENCE if seconds is None else seconds)
        with self.changed:
            at = start
            while True:
                while at < len(self.items):
                    if found(self.items[at]):
                        return at, self.items[at]
                    at += 1
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    raise Failure("the output ended" if self.ended else "waited in vain")
                self.changed.wait(left)


class Station:
    """dim-station on a free port of the loopback."""

    def __init__(self, build, folder, port=0):
        self.data = pathlib.Path(folder)
        self.log = open(f"{folder}.log", "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(build / "bin" / "dim-station"), "--listen", f"127.0.0.1:{port}", "--data", str(folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, encoding="utf-8",
            env=judged(dict(os.environ)))
        self.lines = Lines(self.process.stdout)
        try:
            _, ready = self.lines.wait(lambda line: " listening on " in line, 20)
        except BaseException as why:
            end(self.process)
            if not isinstance(why, Failure):
                raise
            raise Failure(f"dim-station did not start: {why}; see {folder}.log") from why
        self.identity = ready.split()[1]
        self.port = int(ready.rsplit(":", 1)[1])

    def stop(self):
        """Ends it; Failure if it lived and did not end well, a leak or a report of a sanitizer included."""
        lived = self.process.poll() is None
        status = end(self.process)
        self.process.stdout.close()
        self.log.close()
        if lived and status != 0:
            said = pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")
            raise Failure(f"dim-station ended with status {status}: {said[-4000:]}")
        return status


def relay(source, sink, hear=None):
    """Passes on what comes until one of the two hangs up; hear(chunk) is told of it first."""
    try:
        while chunk := source.recv(65536):
            if hear is not None:
                hear(chunk)
            sink.sendall(chunk)
    except OSError:
        pass
    for each in (source, sink):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Tap:
    """A TCP proxy on the loopback that keeps all that passes."""

    LIMIT = 64 << 20

    def __init__(self, port):
        self.target = port
        self.seen = bytearray()
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            try:
                station = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                client.close()
                continue
            station.settimeout(None)
            for source, sink in ((client, station), (station, client)):
                threading.Thread(target=relay, args=(source, sink, self._hear), daemon=True).start()

    def _hear(self, chunk):
        with self.lock:
            if len(self.seen) < self.LIMIT:
                self.seen += chunk

    def stop(self):
        self.server.close()


def disguises(text):
    """The byte strings by which a text could be recognised: as it is, in JSON, in hex, in base64."""
    raw = text.encode()
    found = {raw, json.dumps(text)[1:-1].encode(), raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # Edges depend on the neighbours; the middle does not.
        inner = encoded[4 if shift else 0:-4]
        if len(inner) >= 8:
            found.add(inner)
    return found


class Headless:
    """One dim-headless process: do() says what to do, wait() tells what happened."""

    def __init__(self, build, profile, ui=None, environment=None):
        self.profile = pathlib.Path(profile)
        self.profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.profile / "home").mkdir(exist_ok=True)
        settings = {**os.environ, "HOME": str(self.profile / "home"), "LC_ALL": "C.UTF-8",
                    "G_SLICE": "always-malloc", "GST_REGISTRY_FORK": "no", **(environment or {})}
        judged(settings)
        self.errors = open(f"{profile}.err", "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(build / "tests" / "hosts" / "dim-headless"), "--user-dir", str(profile),
             "--plugin-dir", str(build / "plugin")] + (["--ui", ui] if ui else []),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, encoding="utf-8",
            env=settings)
        self.lines = Lines(self.process.stdout)
        self.at = 0
        self.wait("ready")

    def do(self, what, **members):
        self.process.stdin.write(json.dumps({"do": what, **members}) + "\n")
        self.process.stdin.flush()

    def events(self, name=None, start=0):
        with self.lines.changed:
            items = [json.loads(line) for line in self.lines.items[start:]]
        return [item for item in items if name in (None, item["event"])]

    def mark(self):
        with self.lines.changed:
            return len(self.lines.items)

    def wait(self, name, seconds=None, start=None, **members):
        """The first event of this name with these members, after the last one waited for (or start)."""
        def fits(line):
            event = json.loads(line)
            return event["event"] == name and all(
                value(event.get(key)) if callable(value) else event.get(key) == value
                for key, value in members.items())
        try:
            index, line = self.lines.wait(fits, seconds, self.at if start is None else start)
        except Failure as why:
            tail = "\n  ".join(self.lines.items[-12:])
            raise Failure(f"{self.profile.name}: no event {name} {members or ''}: {why}\n  {tail}") from why
        self.at = max(self.at, index + 1)
        return json.loads(line)

    def received(self, start=0):
        """What others said, in the order in which the window shows it."""
        return [event for event in self.events("msg", start) if "recv" in event["flags"]]

    def wait_received(self, count, start=0, seconds=None):
        number = 0

        def enough(line):
            nonlocal number
            event = json.loads(line)
            number += event["event"] == "msg" and "recv" in event["flags"]
            return number >= count
        try:
            self.lines.wait(enough, seconds, start)
        except Failure as why:
            raise Failure(f"{self.profile.name}: {number} of {count} messages came: {why}") from why
        return self.received(start)

    def register(self, nick, port, **options):
        """Makes an identity by the account registration; returns the ID once it is logged in."""
        self.do("register", name=nick, options={"station": "127.0.0.1", "port": port, **options})
        done = self.wait("registered")
        if not done["ok"]:
            raise Failure(f"{nick} was not registered")
        return self.wait("connected")["id"]

    def quit(self, seconds=60):
        """Ends as a person would; returns the exit status (99: the sanitizer found something)."""
        if self.process.poll() is None:
            try:
                self.do("quit")
            except BrokenPipeError:
                pass
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.close()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        self.lines.thread.join(5)
        self.process.stdout.close()
        self.errors.close()

    def complaints(self):
        return pathlib.Path(f"{self.profile}.err").read_text(encoding="utf-8", errors="replace")


class Place:
    """A private folder with a station and any number of hosts; all of it ends with the block."""

    def __init__(self, build, keep=False, tap=False):
        self.build = pathlib.Path(build).resolve()
        self.keep = keep
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dim-hosts-"))
        self.hosts = []
        self.with_tap = tap
        self.tap = None
        self.station = None

    def __enter__(self):
        try:
            self.station = Station(self.build, self.folder / "station")
        except BaseException:
            self.__exit__(Failure, None, None)
            raise
        self.tap = Tap(self.station.port) if self.with_tap else None
        self.port = self.tap.port if self.tap else self.station.port
        return self

    def host(self, name, **arguments):
        host = Headless(self.build, self.folder / name, **arguments)
        self.hosts.append(host)
        return host

    def restart_station(self):
        port = self.station.port
        self.station.stop()
        self.station = Station(self.build, self.folder / "station", port)

    def move_in_another_station(self):
        """A station that never was here before, at the same address."""
        port = self.station.port
        self.station.stop()
        self.station = Station(self.build, self.folder / "another-station", port)

    def __exit__(self, kind, value, trace):
        for host in self.hosts:
            if host.process.poll() is None:
                host.kill()
        if self.tap:
            self.tap.stop()
        broken = None
        if self.station:
            try:
                self.station.stop()
            except Failure as why:
                broken = why
        if self.keep or (kind is not None and os.environ.get("DIM_KEEP")):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if broken and kind is None:
            raise broken


def make_profile(folder, plugin, ui, name, port, proxy=None):
    """A profile of a libpurple host with one account that logs in at the start."""
    folder = pathlib.Path(folder)
    (folder / "plugins").mkdir(parents=True, exist_ok=True)
    shutil.copy(plugin, folder / "plugins")
    (folder / "accounts.xml").write_text(f"""<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'><account>
 <protocol>prpl-dim</protocol><name>{name}</name>
 <statuses><status type='available' name='Available' active='true'><attributes/></status></statuses>
 <settings><setting name='station' type='string'>127.0.0.1</setting>
  <setting name='port' type='int'>{port}</setting></settings>
 <settings ui='{ui}'><setting name='auto-login' type='bool'>1</setting></settings>
</account></account>
""", encoding="utf-8")
    (folder / "prefs.xml").write_text("""<?xml version='1.0' encoding='UTF-8' ?>
<pref version='1' name='/'><pref name='purple'>
 <pref name='away'><pref name='idle_reporting' type='string' value='none'/></pref>
 <pref name='savedstatus'><pref name='startup_current_status' type='bool' value='0'/></pref></pref>
 <pref name='pidgin'><pref name='sound'><pref name='method' type='string' value='none'/></pref>
 <pref name='blist'><pref name='list_visible' type='bool' value='1'/></pref></pref>
</pref>
""", encoding="utf-8")
