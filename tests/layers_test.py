#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the house rule: who may include whom, and that a file says what lives in it.

usage: layers_test.py [--root DIR] [--self-test]
Reads the #include lines of core/, plugin/, station/ and tests/; prints what it looked at and
every breach; exit status 1 on a breach. --self-test plants faults in a copy and must catch each.
"""
import argparse
import itertools
import pathlib
import re
import shutil
import sys
import tempfile

# room -> what it may include besides itself (ground first); every room may include types.h
MAY = {
    "types.h": "",
    "base": "",
    "crypto": "base",
    "storage": "base",
    "transport": "base",
    "identity": "crypto base",
    "message": "identity crypto base",
    "people": "identity crypto storage base",
    "events.h": "message identity base",
    "command": "people message identity events.h base",
    "session": "command people message identity events.h transport storage crypto base",
    "dim.h": "session command people message identity events.h transport storage crypto base",
    "station": "people message identity transport storage crypto base",
    "plugin": "dim.h",
}

# outside header (prefix) -> the rooms that may include it
ONLY = {
    "gcrypt": "crypto",
    "secp256k1": "crypto",
    "sqlite3": "storage station",
    "json-glib": "base crypto identity message people command session station",
    "libsoup": "plugin station",
    "sys/epoll": "station",
}

# call -> the rooms that may make it: outside JSON passes one gate, base/json.c
CALLS = {
    r"\bjson_(parser_\w+|from_string)\s*\(": "base",
    # a link that somebody sent is opened by nobody (protocol P-121); file transfer will ask first
    r"\b(purple_util_fetch_url\w*|purple_http_\w+|soup_\w+|curl_\w+|g_file_new_for_(uri|commandline_arg)\w*"
    r"|g_file_parse_name|g_socket_client_connect_to_uri\w*)\s*\(": "",
    # nor handed to a program that opens it, and no program is started at all
    r"\b(purple_notify_uri|gtk_show_uri\w*|g_app_info_launch\w*|g_app_info_create_from_commandline|g_desktop_app_info_\w+"
    r"|g_spawn_\w+|g_subprocess_\w+|purple_program_\w+|system|popen|fork|vfork|exec[lv]\w*|posix_spawnp?|wordexp)"
    r"\s*\(": "",
}

# each is planted by the self-test
OPENERS = """purple_util_fetch_url_request purple_http_get soup_session_send curl_easy_perform g_file_new_for_uri
g_file_new_for_commandline_arg_and_cwd g_file_parse_name g_socket_client_connect_to_uri_async purple_notify_uri gtk_show_uri
gtk_show_uri_on_window g_app_info_launch_default_for_uri g_app_info_launch_uris g_app_info_create_from_commandline
g_desktop_app_info_new g_spawn_command_line_async g_spawn_async g_subprocess_new purple_program_is_valid system popen fork
vfork execlp execvp posix_spawn posix_spawnp wordexp""".split()

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
CODE = {".c", ".h", ".cc", ".hh"}
PURPLE = pathlib.Path("/usr/include/libpurple")


def room_of(path):
    """The room of a file: a folder of core, a header of core, plugin or station; else None."""
    parts = path.parts
    if parts[0] == "core":
        return parts[1]
    return parts[0] if parts[0] in ("plugin", "station") else None


def purple_headers():
    return {header.name for header in PURPLE.glob("*.h")} | {"purple.h"}


class House:
    def __init__(self, root):
        self.root = root
        self.breaches = []
        self.looked_at = {"files": 0, "includes": 0, "first sentences": 0, "names": 0}
        self.purple = purple_headers()

    def breach(self, path, why):
        self.breaches.append(f"{path}: {why}")

    def files(self, *folders):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in CODE and path.is_file():
                    yield path.relative_to(self.root)

    def target_room(self, name):
        """The room a quoted name leads to by -I core or -I ., or None."""
        first = name.split("/")[0]
        if first in ("plugin", "station") and "/" in name and (self.root / name).exists():
            return first
        return first if (self.root / "core" / name).exists() else None

    def check_quoted(self, path, room, name):
        target = self.target_room(name)
        if target is None:
            self.breach(path, f'"{name}" is found by neither -I core nor -I .')
        elif room == "plugin" and target not in ("plugin", "dim.h"):
            self.breach(path, f'plugin/ includes "dim.h" alone, not "{name}"')
        elif target not in (room, "types.h") and target not in MAY[room].split():
            self.breach(path, f'{room} may not include {target} ("{name}")')

    def check_outside(self, path, room, name):
        for prefix, rooms in ONLY.items():
            if name.startswith(prefix) and room not in rooms.split():
                self.breach(path, f"only {rooms} may include <{name}>")
        if room != "plugin" and (name.startswith("libpurple/") or name in self.purple):
            self.breach(path, f"{room} knows no libpurple (<{name}>)")
        if (self.root / "core" / name).exists():
            self.breach(path, f'a header of ours is written "{name}"')

    def check_includes(self):
        for path in self.files("core", "plugin", "station"):
            room = room_of(path)
            if room not in MAY:
                self.breach(path, f"unknown room '{room}'")
                continue
            self.looked_at["files"] += 1
            text = (self.root / path).read_text(encoding="utf-8")
            for call, rooms in CALLS.items():
                for found in re.finditer(call, text):
                    if room not in rooms.split():
                        self.breach(path, f"only {rooms or 'nobody'} may call {found.group(0)}")
            for kind, name in INCLUDE.findall(text):
                self.looked_at["includes"] += 1
                if kind == '"':
                    self.check_quoted(path, room, name)
                else:
                    self.check_outside(path, room, name)

    def check_first_sentences(self):
        for path in self.files("core", "plugin", "station", "tests"):
            self.looked_at["first sentences"] += 1
            text = (self.root / path).read_text(encoding="utf-8")
            if "SPDX-License-Identifier: GPL-2.0-or-later" not in text[:400]:
                self.breach(path, "no SPDX line at the head")
            head = re.match(r"(\s*(/\*.*?\*/|//[^\n]*(\n//[^\n]*)*))*", text, re.S).group(0)
            words = re.sub(r"SPDX-License-Identifier: \S+|[/*]", " ", head).split()
            if len(words) < 3:
                self.breach(path, "the first comment does not say what lives here")

    def check_names(self):
        seen = {}
        for path in self.files("core", "plugin", "station", "tests"):
            self.looked_at["names"] += 1
            if path.name in seen:
                self.breach(path, f"the same name as {seen[path.name]}")
            seen[path.name] = path

    def check_include_paths(self):
        for path in sorted(self.root.rglob("CMakeLists.txt")):
            inside = path.relative_to(self.root)
            if inside.parts[0].startswith("build"):
                continue
            if re.search(r"include_directories\s*\(", path.read_text(encoding="utf-8")):
                self.breach(inside, "include paths are -I core and -I . only")

    def check(self):
        self.check_includes()
        self.check_first_sentences()
        self.check_names()
        self.check_include_paths()
        return self.breaches


def missed_openers(root):
    """All at once, each in a file of its own, for a copy of the house takes its time."""
    first = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* A planted fault lives here. */\n"
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for part in ("core", "plugin", "station"):
            shutil.copytree(root / part, copy / part)
        planted = {call: f"{room}/planted_{call}.c"
                   for call, room in zip(OPENERS, itertools.cycle(("plugin", "core/session", "station")))}
        for call, name in planted.items():
            (copy / name).write_text(f"{first}void f(void) {{ {call}(NULL); }}\n", encoding="utf-8")
        breaches = House(copy).check()
    missed = [call for call, name in planted.items() if f"{name}: only nobody may call {call}(" not in breaches]
    print(f"{len(planted)} ways to open a link or start a program, missed: {missed or 'none'}")
    return len(missed)


def self_test(root):
    """Each fault, planted alone in a copy, must be caught, and by the check that is meant."""
    first = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* A planted fault lives here. */\n"
    faults = [
        ("core/base/planted.c", '#include "session/planted_target.h"', "base may not include session"),
        ("core/command/planted.c", '#include "transport/planted_target.h"',
         "command may not include transport"),
        ("core/message/planted.c", '#include "people/planted_target.h"',
         "message may not include people"),
        ("plugin/planted.c", '#include "identity/planted_target.h"', 'plugin/ includes "dim.h" alone'),
        ("core/identity/planted.c", "#include <gcrypt.h>", "only crypto may include <gcrypt.h>"),
        ("core/storage/planted.c", "#include <json-glib/json-glib.h>", "may include <json-glib"),
        ("core/message/planted.c", "void f(void) { json_from_string(NULL, NULL); }",
         "only base may call json_from_string"),
        ("core/session/planted.c", "#include <purple.h>", "session knows no libpurple"),
        ("station/planted.c", '#include "session/planted_target.h"', "station may not include session"),
        ("core/cellar/planted.c", "", "unknown room 'cellar'"),
        ("core/people/planted.c", '#include "planted_target.h"', "found by neither"),
        ("core/storage/planted_target.h", "", "the same name as"),
    ]
    missed = missed_openers(root)
    for name, line, expected in faults:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for part in ("core", "plugin", "station"):
                if (root / part).is_dir():
                    shutil.copytree(root / part, copy / part)
            targets = {"session", "identity"} | {"transport", "people"}
            if name.endswith("planted_target.h"):
                targets = {"session"}
            for room in targets:
                target = copy / "core" / room / "planted_target.h"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(first, encoding="utf-8")
            planted = copy / name
            planted.parent.mkdir(parents=True, exist_ok=True)
            planted.write_text(first + line + "\n", encoding="utf-8")
            found = [breach for breach in House(copy).check()
                     if "planted" in breach.split(":")[0] and expected in breach]
        print(f"{'caught' if found else 'MISSED'}: {name}: {line or expected}")
        missed += not found
    print(f"self-test: {len(faults)} faults planted, {missed} missed")
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--root", type=pathlib.Path, default=here)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return 1 if self_test(arguments.root) else 0
    house = House(arguments.root)
    breaches = house.check()
    for breach in breaches:
        print(breach)
    print("looked at " + ", ".join(f"{count} {what}" for what, count in house.looked_at.items())
          + f": {len(breaches)} breaches")
    if not house.looked_at["files"]:
        print("nothing was looked at")
        return 1
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
