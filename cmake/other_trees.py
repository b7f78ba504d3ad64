#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the tests of other build trees part of one tree's ctest run.

usage: other_trees.py OUTPUT.cmake NAME=BUILD-DIR ...
Asks each tree's ctest for its tests and writes them as NAME/<test> into OUTPUT.cmake, which the
plain tree includes. Static checks, interop and mutants belong to the plain tree and are left out.
"""
import json
import pathlib
import subprocess
import sys

PLAIN_ONLY = {"static", "interop", "mutants", "bench"}
KEPT = {"LABELS", "TIMEOUT", "ENVIRONMENT", "WORKING_DIRECTORY", "SKIP_RETURN_CODE", "RUN_SERIAL",
        "RESOURCE_LOCK", "PROCESSORS", "WILL_FAIL", "PASS_REGULAR_EXPRESSION",
        "FAIL_REGULAR_EXPRESSION", "SKIP_REGULAR_EXPRESSION", "COST"}


def quote(text):
    return f"[==[{text}]==]"


def value_of(value):
    if isinstance(value, list):
        return ";".join(str(item) for item in value)
    if isinstance(value, bool):
        return "ON" if value else "OFF"
    return str(value)


def tests_of(tree):
    shown = subprocess.run(["ctest", "--test-dir", tree, "--show-only=json-v1"],
                           capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)["tests"]


def main():
    output = pathlib.Path(sys.argv[1])
    lines = ["# Written by cmake/other_trees.py: the tests of the instrumented trees.\n"]
    for argument in sys.argv[2:]:
        name, tree = argument.split("=", 1)
        count = 0
        for test in tests_of(tree):
            properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
            if PLAIN_ONLY & set(properties.get("LABELS", [])):
                continue
            if "command" not in test:
                sys.exit(f"other_trees: {name}/{test['name']} has no program; was {tree} built?")
            title = quote(f"{name}/{test['name']}")
            properties["LABELS"] = [name] + list(properties.get("LABELS", []))
            command = " ".join(quote(word) for word in test["command"])
            lines.append(f"add_test({title} {command})\n")
            pairs = " ".join(f"{key} {quote(value_of(value))}"
                             for key, value in sorted(properties.items()) if key in KEPT)
            lines.append(f"set_tests_properties({title} PROPERTIES {pairs})\n")
            count += 1
        print(f"{name}: {count} tests from {tree}")
        if count == 0:
            sys.exit(f"other_trees: {tree} has no tests")
    output.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
