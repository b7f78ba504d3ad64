# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens one real host on a station of its own, with an account ready and somebody who answers."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import rig


def environment(folder, **more):
    """A home of its own for a host, so that the person's ~/.purple stays untouched."""
    for name in ("home", "run"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {name: value for name, value in os.environ.items()
                if name not in ("DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return {**settings, "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder / "run"),
            "LC_ALL": "C.UTF-8", "NO_AT_BRIDGE": "1", **more}


class Answerer:
    """An account that answers every line."""

    def __init__(self, place, name="Bob"):
        self.host = place.host(f"{name}-who-answers")
        self.identity = self.host.register(name, place.port)
        self.heard = 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        at = 0
        while True:
            try:
                at, line = self.host.lines.wait(lambda text: '"recv"' in text, 3600, at)
            except rig.Failure:
                return
            at += 1
            event = rig.json.loads(line)
            self.heard += 1
            try:
                self.host.do("im", to=event["conv"], text=f"You wrote: {event['text'][:2000]}")
            except (BrokenPipeError, ValueError):
                return

    def say(self, to, text):
        self.host.do("im", to=to, text=text)


def prepare(place, nick, buddy, folder):
    """An identity with one contact, made in the folder that the real host will use."""
    host = rig.Headless(place.build, folder)
    place.hosts.append(host)
    identity = host.register(nick, place.port)
    host.do("add", who=buddy)
    host.wait("buddy", who=buddy, alias="Bob")
    if host.quit() != 0:
        raise rig.Failure(host.complaints())
    (folder / "blist.xml").unlink(missing_ok=True)
    return identity


def plugin_of(place):
    return place.build / "plugin" / "libdim.so"


class Display:
    """A display: the person's own, or one of ours without a screen."""

    def __init__(self, folder, own=None):
        self.process = None
        self.name = os.environ.get("DISPLAY")
        if own is True or not self.name:
            reading, writing = os.pipe()
            self.log = open(folder / "xvfb.log", "w", encoding="utf-8")
            self.process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1100x800x24", "-nolisten", "tcp"],
                pass_fds=[writing], stdout=self.log, stderr=self.log)
            os.close(writing)
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()
            if not number:
                raise rig.Failure("Xvfb did not start")
            self.name = f":{number}"

    def shoot(self, path):
        subprocess.run(["import", "-display", self.name, "-window", "root", str(path)], check=True, timeout=30)

    def windows(self):
        """Title by number of every window that is to be seen."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "."],
                               env={**os.environ, "DISPLAY": self.name}, capture_output=True, text=True)
        titles = {}
        for number in found.stdout.split():
            title = subprocess.run(["xdotool", "getwindowname", number],
                                   env={**os.environ, "DISPLAY": self.name}, capture_output=True, text=True)
            titles[number] = title.stdout.strip()
        return titles

    def xdotool(self, *words):
        subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": self.name}, check=True, timeout=30)

    def spread(self):
        """Without a window manager all windows lie on each other in the corner."""
        x = y = row = 0
        for number, title in self.windows().items():
            if not title or title.lower() == "pidgin":
                continue
            size = subprocess.run(["xdotool", "getwindowgeometry", "--shell", number], capture_output=True,
                                  env={**os.environ, "DISPLAY": self.name}, text=True).stdout
            parts = dict(line.split("=") for line in size.split())
            width, height = int(parts.get("WIDTH", 0)), int(parts.get("HEIGHT", 0))
            if x > 0 and x + width > 1100:
                x, y, row = 0, y + row + 10, 0
            self.xdotool("windowmove", number, str(x), str(y))
            x, row = x + width + 10, max(row, height)

    def stop(self):
        if self.process:
            rig.end(self.process)
            self.log.close()


class Pidgin:
    """A real Pidgin with a message bus of its own, driven by that bus."""

    def __init__(self, place, folder, display):
        self.environment = environment(folder, DISPLAY=display.name)
        self.log = open(folder / "pidgin.log", "w", encoding="utf-8")
        bus = subprocess.run(["dbus-daemon", "--session", "--fork", "--print-address=1", "--print-pid=1"],
                             env=self.environment, capture_output=True, text=True, check=True)
        address, pid = bus.stdout.split()
        self.bus_pid = int(pid)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        self.process = subprocess.Popen(["pidgin", "-m", "-d", "-c", str(folder)],
                                        env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log)

    def call(self, method, *arguments):
        """One method of libpurple's bus service; its answer as text, or None while Pidgin is not ready."""
        done = subprocess.run(
            ["gdbus", "call", "--session", "-d", "im.pidgin.purple.PurpleService",
             "-o", "/im/pidgin/purple/PurpleObject", "-m", f"im.pidgin.purple.PurpleInterface.{method}",
             "--", *[str(argument) for argument in arguments]],
            env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        answer = done.stdout.strip()[1:-1].rstrip(",").strip()
        return answer[6:] if answer.startswith("int32 ") else answer.strip("'")

    def account(self, name, seconds=40):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            number = self.call("PurpleAccountsFind", name, "prpl-dim")
            if number not in (None, "0") and self.call("PurpleAccountIsConnected", number) == "1":
                return number
            if self.process.poll() is not None:
                raise rig.Failure(f"Pidgin ended with {self.process.returncode}")
            time.sleep(0.2)
        raise rig.Failure("the account in Pidgin did not come online")

    def stop(self):
        status = rig.end(self.process, 20)
        try:
            os.kill(self.bus_pid, 15)
        except ProcessLookupError:
            pass
        self.log.close()
        return status


def open_pidgin(place, answerer):
    folder = place.folder / "pidgin"
    identity = prepare(place, "Ann", answerer.identity, folder)
    rig.make_profile(folder, plugin_of(place), "gtk-gaim", identity, place.port)
    with contextlib.ExitStack() as ends:
        display = Display(place.folder)
        ends.callback(display.stop)
        pidgin = Pidgin(place, folder, display)
        ends.callback(pidgin.stop)
        pidgin.account(identity)
        answerer.say(identity, "Hello Ann, I am Bob. Write to me and I answer.")
        if display.process:
            time.sleep(3)
            display.spread()
            time.sleep(1)
            path = place.build / "pidgin.png"
            display.shoot(path)
            print(f"There is no display: Pidgin runs under Xvfb on {display.name}; its screenshot is {path}\n"
                  "To write to Bob yourself, run this where DISPLAY names a display, and type into his conversation.",
                  flush=True)
        if display.process and not sys.stdin.isatty():
            print("Pidgin was opened and is closed again: nobody could type here.", flush=True)
            return 0
        print(f"Pidgin is open. You are Ann, {identity}\nBob answers, {answerer.identity}\n"
              f"For a further account: station 127.0.0.1, port {place.port}\n"
              "Type into the conversation with Bob; /dim help tells what else there is.", flush=True)
        print("This ends with Pidgin, or with Ctrl-C.", flush=True)
        pidgin.process.wait()
        return 0


def finch_command(folder, *options):
    return ["dbus-run-session", "--", "finch", *options, "-c", str(folder)]


def open_finch(place, answerer):
    folder = place.folder / "finch"
    identity = prepare(place, "Ann", answerer.identity, folder)
    rig.make_profile(folder, plugin_of(place), "gnt-purple", identity, place.port)
    print(f"Finch opens in this terminal. You are Ann, {identity}\nBob answers, {answerer.identity}\n"
          f"For a further account: station 127.0.0.1, port {place.port}\n"
          "In the buddy list: down to Bob (Ctrl-n), Enter, then type and press Enter.\n"
          "Alt-n and Alt-p change windows, Alt-q ends.")
    if not sys.stdin.isatty():
        print("(no terminal here: run it in one)")
        return 1
    answerer.say(identity, "Hello Ann, I am Bob. Write to me and I answer.")
    time.sleep(3)  # long enough to read the lines above
    with open(place.folder / "finch.log", "w", encoding="utf-8") as log:
        return subprocess.call(finch_command(folder), env=environment(folder), stderr=log)


class Bitlbee:
    """A real bitlbee on a free port; it looks for plugins in a folder of its own only."""

    def __init__(self, place, tools):
        program = tools / "usr" / "sbin" / "bitlbee"
        if not program.exists():
            raise rig.Failure(f"no bitlbee in {tools}: run cmake/setup.sh")
        folder = place.folder / "bitlbee"
        self.port = rig.free_port()
        (folder / "conf").mkdir(parents=True)
        (folder / "plugins" / "purple").mkdir(parents=True)
        shutil.copy(plugin_of(place), folder / "plugins" / "purple")
        (folder / "bitlbee.conf").write_text(
            "[settings]\nRunMode = ForkDaemon\nDaemonInterface = 127.0.0.1\n"
            f"DaemonPort = {self.port}\nAuthMode = Open\nConfigDir = {folder / 'conf'}\n"
            f"PluginDir = {folder / 'plugins'}\n", encoding="utf-8")
        self.folder = folder
        self.log = open(folder / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(program), "-n", "-F", "-v", "-c", str(folder / "bitlbee.conf"), "-d", f"{folder / 'conf'}/",
             "-i", "127.0.0.1", "-p", str(self.port), "-P", str(folder / "pid")],
            env=environment(folder, BITLBEE_DATADIR=str(tools / "usr" / "share" / "bitlbee"), BITLBEE_DEBUG="1"),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)

    def stop(self):
        rig.end_group(self.process)  # it makes a process of each connection
        self.log.close()


def open_bitlbee(place, answerer, tools):
    bitlbee = Bitlbee(place, tools)
    try:
        print(f"bitlbee listens on 127.0.0.1, port {bitlbee.port}. In any IRC client:\n"
              f"  /connect 127.0.0.1 {bitlbee.port}\n"
              "then in &bitlbee type\n"
              "  register a-password\n  account add dim ann\n"
              f"  account dim set port {place.port}\n  account dim on\n"
              "A new identity is made and your ID is told; wait for “Logged in”, then\n"
              f"  add dim {answerer.identity} bob\n  bob: hello\n"
              "Bob answers. This ends with Ctrl-C.", flush=True)
        bitlbee.process.wait()
        return bitlbee.process.returncode
    finally:
        bitlbee.stop()


def open_host(which, build, tools):
    with rig.Place(build) as place:
        answerer = Answerer(place)
        if which == "pidgin":
            return open_pidgin(place, answerer)
        if which == "finch":
            return open_finch(place, answerer)
        return open_bitlbee(place, answerer, pathlib.Path(tools))
