#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs clang-tidy 14 over core/, plugin/ and station/, two files at a time.

usage: tidy.py SOURCE-DIR BUILD-DIR [--jobs N] [--each SECONDS]
A file that passed is not looked at again until it, a header, its flags or .clang-tidy change
(stamps in BUILD-DIR/tidy). A file that takes longer than --each seconds is a failure.
"""
import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys


def digest(*parts):
    state = hashlib.sha256()
    for part in parts:
        state.update(part if isinstance(part, bytes) else part.encode())
        state.update(b"\0")
    return state.hexdigest()


def check(source, command, build, stamp, each):
    """(source, verdict, output)"""
    if stamp.exists():
        return source, "unchanged", ""
    try:
        run = subprocess.run(["clang-tidy-14", "--quiet", "-p", str(build), str(source)],
                             capture_output=True, text=True, timeout=each, check=False)
    except subprocess.TimeoutExpired:
        return source, "too slow", f"took longer than {each} s"
    if run.returncode != 0:
        told = [line for line in run.stdout.splitlines() if "error:" in line]
        return source, "failed", "\n".join(told or [run.stdout + run.stderr])
    stamp.touch()
    return source, "passed", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--each", type=int, default=180)
    arguments = parser.parse_args()
    top = arguments.source.resolve()
    stamps = arguments.build / "tidy"
    stamps.mkdir(exist_ok=True)
    rooms = [top / "core", top / "plugin", top / "station"]
    headers = sorted(path for room in rooms for path in room.rglob("*.h"))
    common = digest((top / ".clang-tidy").read_bytes(), *(path.read_bytes() for path in headers))

    files = {}
    for entry in json.loads((arguments.build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.suffix == ".c" and any(room in path.parents for room in rooms):
            files[path] = entry["command"]
    counts = {}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = []
        for path, command in sorted(files.items()):
            stamp = stamps / digest(common, command, str(path), path.read_bytes())
            jobs.append(pool.submit(check, path, command, arguments.build, stamp, arguments.each))
        for job in concurrent.futures.as_completed(jobs):
            path, verdict, output = job.result()
            counts[verdict] = counts.get(verdict, 0) + 1
            if output:
                print(f"{path.relative_to(top)}: {verdict}\n{output}", flush=True)
    print(f"clang-tidy: {len(files)} files: " + ", ".join(f"{n} {v}" for v, n in counts.items()))
    return 0 if files and not counts.keys() - {"passed", "unchanged"} else 1


if __name__ == "__main__":
    sys.exit(main())
