#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes one security check out of the product at a time and sees that a unit test notices.

usage: mutants_test.py SOURCE-DIR BUILD-DIR [--jobs N] [--only WORD] [--discover]

The *.mutants files beside this one hold the table. A mutant is a paragraph:

    mutant: id-two-at-signs             a name, once in its table
    file: core/identity/id.c            what is changed; or the folder, for checks that move between files
    catch: identity Id.RefusesWhatIsNone   the folder below tests/unit, and a test that must fail
    -    return strchr(id->address, '@') == NULL;
    +    return TRUE;

The text behind '-' must stand in the file exactly once; the text behind '+' takes its place. Lines with '#' say why. One
file is compiled and one program linked with the objects of BUILD-DIR (Ninja), which must be built and is left as it is.
A mutant that survives, does not compile or does not fit any more is a failure; so is a named test that fails without one.
--discover takes the mutants that name a program (catch: identity/id_test) instead of a test, runs the whole of it and
prints which tests fail.
"""
import argparse
import concurrent.futures
import functools
import os
import pathlib
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 30  # seconds for one run of one program
MEMORY = 4 << 30  # bytes of address space: a check that is gone may be a bound


class Broken(Exception):
    """What is said about a mutant that was not caught."""


class Mutant:
    def __init__(self, where, paragraph):
        self.fields = {}
        self.old, self.new = [], []
        for line in paragraph:
            if line.startswith("-"):
                self.old.append(line[1:])
            elif line.startswith("+"):
                self.new.append(line[1:])
            elif not line.startswith("#"):
                word, _, value = line.partition(": ")
                self.fields[word] = value.strip()
        if sorted(self.fields) != ["catch", "file", "mutant"] or not self.old:
            raise SystemExit(f"{where}: a paragraph that is no mutant: {paragraph[0]}")
        self.name = f"{pathlib.Path(where).stem}/{self.fields['mutant']}"
        self.file = self.fields["file"]
        program, *self.tests = self.fields["catch"].split()
        if self.tests:
            program = f"{program}/{home_of(program, self.tests[0], self.name)}"
        self.target = "unit-" + program.replace("/", "-")
        self.program = "tests/unit/" + program

    def text(self, source):
        """The mutated text of the file; where a folder is named, of the file in it that holds the old text."""
        old = "\n".join(self.old)
        place = source / self.file
        files = sorted(place.glob("*.c")) if place.is_dir() else [place] if place.is_file() else []
        texts = {path: path.read_text() for path in files}
        count = sum(text.count(old) for text in texts.values())
        if count != 1:
            raise Broken(f"its text stands {count} times in {self.file}")
        path = next(path for path, text in texts.items() if old in text)
        self.file = str(path.relative_to(source))
        return texts[path].replace(old, "\n".join(self.new))


@functools.lru_cache(maxsize=None)
def tests_of(folder):
    """Suite.Name -> file without .cc."""
    found = {}
    for path in sorted((HERE.parent / "unit" / folder).glob("*_test.cc")):
        for suite, test in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(), re.M):
            found[f"{suite}.{test}"] = path.stem
    return found


def home_of(folder, test, mutant):
    if test not in tests_of(folder):
        raise SystemExit(f"{mutant}: there is no test {test} in tests/unit/{folder}")
    return tests_of(folder)[test]


def read_tables():
    mutants = []
    for table in sorted(HERE.glob("*.mutants")):
        paragraph = []
        for line in table.read_text().split("\n") + [""]:
            if line:
                paragraph.append(line)
            elif any(not each.startswith("#") for each in paragraph):
                mutants.append(Mutant(table.name, paragraph))
                paragraph = []
            else:
                paragraph = []
    names = [mutant.name for mutant in mutants]
    for name in set(names):
        if names.count(name) > 1:
            raise SystemExit(f"two mutants are called {name}")
    return mutants


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(command, folder, patience):
    """(exit status or None when it had to be ended, output); ends all that the command started."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=limit,
                          env=dict(os.environ, TMPDIR=str(folder), G_DEBUG="")) as process:
        try:
            output = process.communicate(timeout=patience)[0]
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0]
            status = None
    return status, output.decode(errors="replace")


class Tree:
    """The finished build: how each file was compiled and each program linked."""

    def __init__(self, source, build, mutants):
        self.source, self.build = source, build
        targets = sorted({mutant.target for mutant in mutants})
        stale = self.ninja("-n", *targets)
        if "no work to do" not in stale:
            raise SystemExit(f"the tree is not built: ninja -C {build} {' '.join(targets)}")
        self.compile = {}
        self.link = {}
        for target in targets:
            for line in self.ninja("-t", "commands", target).splitlines():
                self.note(target, line)

    def ninja(self, *words):
        done = subprocess.run(["ninja", "-C", str(self.build), *words], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        return done.stdout

    def note(self, target, line):
        words = shlex.split(line)
        if words and words[0] == ":":  # ": && c++ ... && :"
            words = words[2:words.index("&&", 2)]
        if "-o" not in words:
            return
        place = words.index("-o") + 1
        if "-c" not in words:
            self.link[target] = (words, place)
            return
        path = pathlib.Path(words[words.index("-c") + 1])
        if path.suffix == ".c" and path.is_relative_to(self.source):
            self.compile[str(path.relative_to(self.source))] = (words, words[place])

    def make(self, mutant, folder):
        """The path of the mutated program."""
        text = mutant.text(self.source)
        source = folder / pathlib.Path(mutant.file).name
        source.write_text(text)
        if mutant.file not in self.compile:
            raise Broken(f"{mutant.program} does not hold {mutant.file}")
        words, was = self.compile[mutant.file]
        made = folder / "mutant.o"
        words = [str(made) if word == was else word for word in words]
        words[words.index("-c") + 1] = str(source)
        words[words.index("-MF") + 1] = str(folder / "mutant.d")
        words += ["-O0", "-g0", "-w", "-U_FORTIFY_SOURCE"]
        self.build_step(words, "compile")
        words, place = self.link[mutant.target]
        words = [str(made) if word == was else word for word in words]
        words[place] = str(folder / "program")
        if str(made) not in words:
            raise Broken(f"{mutant.program} is not linked from {mutant.file}")
        self.build_step(words, "link")
        return folder / "program"

    def build_step(self, words, verb):
        status, output = run(words, self.build, 300)
        if status != 0:
            raise Broken(f"it does not {verb}:\n{output}")

    def check_unmutated(self, program, tests):
        """Without a mutant the named tests are there and pass."""
        path = self.build / program
        listed, suite = set(), ""
        for line in subprocess.run([path, "--gtest_list_tests"], capture_output=True, text=True,
                                   check=True).stdout.splitlines():
            if not line.startswith(" "):
                suite = line.split()[0]
            else:
                listed.add(suite + line.split()[0])
        missing = sorted(set(tests) - listed)
        if missing:
            return f"{program} has no test {' '.join(missing)}"
        with tempfile.TemporaryDirectory() as folder:
            status, output = run(call(path, sorted(set(tests))), folder, 2 * PATIENCE)
        return None if status == 0 else f"{program} fails without any mutant:\n{output}"


def call(path, tests):
    return [str(path), "--gtest_filter=" + ":".join(tests)]


def which_failed(output):
    """The tests that failed, or the one that was on when the program ended."""
    failed = sorted(set(re.findall(r"\[  FAILED  \] (\S+\.[^\s,]+)", output)))
    return failed or re.findall(r"\[ RUN      \] (\S+)", output)[-1:]


def try_one(tree, mutant, discover):
    """How it was caught."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = pathlib.Path(name)
        program = tree.make(mutant, folder)
        status, output = run(call(program, ["*"] if discover else mutant.tests), folder, PATIENCE)
        if status == 0:
            raise Broken(f"it survives {mutant.program} {' '.join(mutant.tests)}")
        if discover:
            return " ".join(which_failed(output))
    return "hung" if status is None else "crashed" if status < 0 else "failed"


def try_all(tree, mutants, arguments):
    caught, broken = {}, 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        jobs = {pool.submit(try_one, tree, mutant, arguments.discover): mutant for mutant in mutants}
        for job in concurrent.futures.as_completed(jobs):
            mutant = jobs[job]
            try:
                verdict = job.result()
            except Broken as why:
                broken += 1
                print(f"{mutant.name}: {why}", flush=True)
                continue
            if arguments.discover:
                print(f"{mutant.name}: {verdict}", flush=True)
            else:
                caught[verdict] = caught.get(verdict, 0) + 1
    return caught, broken


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="mutants whose table/name holds this")
    parser.add_argument("--discover", action="store_true")
    arguments = parser.parse_args()
    started = time.monotonic()
    mutants = [mutant for mutant in read_tables() if arguments.only in mutant.name
               and not (arguments.discover and mutant.tests)]
    if not mutants:
        raise SystemExit("there is no such mutant")
    tree = Tree(arguments.source.resolve(), arguments.build.resolve(), mutants)
    bad = 0
    if not arguments.discover:
        for mutant in mutants:
            if not mutant.tests:
                raise SystemExit(f"{mutant.name} names no test")
        for program in sorted({mutant.program for mutant in mutants}):
            tests = [test for mutant in mutants if mutant.program == program for test in mutant.tests]
            why = tree.check_unmutated(program, tests)
            if why is not None:
                bad += 1
                print(why, flush=True)
    caught, broken = try_all(tree, mutants, arguments)
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(caught.items()))
    print(f"mutants: {len(mutants) - broken} of {len(mutants)} were caught ({told}) in "
          f"{time.monotonic() - started:.0f} s")
    return 1 if bad or broken else 0


if __name__ == "__main__":
    sys.exit(main())
