#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/PROTOCOL.md and docs/SECURITY.md (with its second page, SECURITY_ABUSE.md) name files, tests and mutants: each of them must be there.

usage: docs.py SOURCE-DIR BUILD-DIR | --self-test

PROTOCOL.md has a row for each of P-001 to P-123: what is asked, a state (✓, partly or not yet; the latter two with a
reason), files, tests. SECURITY.md has a chapter for each of T1 to T19 with the lines "Where:", "Tests:", "Mutants:" and
"Remains:". What stands there in `backticks` is looked for: a file of the tree; a test by its name in ctest, behind it its
cases (`Suite.Name` of that program, `test_name` of that script); a mutant by `table/name` of tests/mutants. A ✓ needs a
file and a test, a threat a file, a test and a mutant, and beside each mutant stands a test that catches it.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

LINES, THREATS = 123, 19
QUOTED = re.compile(r"`([^`]+)`")
CASE = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.MULTILINE)


class Tree:
    """What can be named: the tests of ctest with their cases, and the mutants."""

    def __init__(self, root, ctests):
        self.root = root
        fuzz = root / "tests/fuzz/CMakeLists.txt"
        self.ctests = set(ctests)
        if fuzz.is_file():  # they are built in a tree of their own
            self.ctests |= {f"fuzz_{name}" for name in re.findall(r"^dim_fuzz\((\w+)", fuzz.read_text(), re.MULTILINE)}
        self.mutants = {}  # name -> the tests that catch it
        for table in sorted((root / "tests/mutants").glob("*.mutants")):
            for name, caught in re.findall(r"^mutant: (\S+)\n(?:.*\n)*?catch: \S+ (.*)", table.read_text(), re.MULTILINE):
                self.mutants[f"{table.stem}/{name}"] = caught.split()

    def cases(self, ctest):
        """The cases of a test program or script."""
        room, _, name = ctest.partition("/")
        program = self.root / f"tests/unit/{ctest}.cc"
        scripts = sorted((self.root / "tests/hosts").glob(f"host_{name}_test.py"))
        scripts += sorted((self.root / "tests/hosts").glob(f"{name}_*.py"))  # the parts of a long one
        if program.is_file():
            return {f"{suite}.{case}" for suite, case in CASE.findall(program.read_text())}
        if room == "host":
            return {case for script in scripts
                    for case in re.findall(r"^\s+def (test_\w+)", script.read_text(), re.MULTILINE)}
        return set()

    def wrong_files(self, text):
        return [f"there is no file {name}" for name in QUOTED.findall(text) if not (self.root / name).is_file()]

    def wrong_tests(self, text):
        wrong, ctest = [], None
        for name in QUOTED.findall(text):
            if name in self.ctests:
                ctest = name
            elif re.fullmatch(r"\w+\.\w+|test_\w+", name):
                if ctest is None or name not in self.cases(ctest):
                    wrong.append(f"{ctest} has no case {name}")
            else:
                wrong.append(f"ctest has no test {name}")
        return wrong

    def wrong_mutants(self, text):
        return [f"there is no mutant {name}" for name in QUOTED.findall(text) if name not in self.mutants]

    def not_caught(self, mutants, tests):
        """A mutant stands beside the test that catches it."""
        named = set(QUOTED.findall(tests))
        return [f"no test that catches {name} is named" for name in QUOTED.findall(mutants)
                if name in self.mutants and not named.intersection(self.mutants[name])]


def check_row(tree, cells):
    """Complaints about one row of PROTOCOL.md."""
    if len(cells) != 5:
        return [f"has {len(cells)} columns and not 5"]
    _, asked, state, files, tests = cells
    wrong = tree.wrong_files(files) + tree.wrong_tests(tests)
    if not asked:
        wrong.append("does not say what is asked")
    if state.startswith("✓"):
        wrong += ["is ✓ without a file"] * (not QUOTED.search(files)) + ["is ✓ without a test"] * (not QUOTED.search(tests))
    elif not re.match(r"(partly|not yet): \S", state):
        wrong.append(f"has the state '{state}': ✓, or partly or not yet with a reason")
    return wrong


def check_protocol(tree, text):
    wrong, seen = [], []
    for line in text.splitlines():
        if not line.startswith("| P-"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        seen.append(cells[0])
        wrong += [f"{cells[0]} {complaint}" for complaint in check_row(tree, cells)]
    if seen != [f"P-{number:03}" for number in range(1, LINES + 1)]:
        wrong.append(f"the rows are not P-001 to P-{LINES:03} in their order")
    return wrong


def check_security(tree, text):
    wrong, seen = [], []
    checks = {"Where": tree.wrong_files, "Tests": tree.wrong_tests, "Mutants": tree.wrong_mutants}
    for chapter in re.split(r"^## (?=T\d+\b)", text, flags=re.MULTILINE)[1:]:
        name = re.match(r"T\d+", chapter)[0]
        chapter = re.split(r"^## ", chapter, flags=re.MULTILINE)[0]
        seen.append(name)
        said = {}
        for word, check in checks.items():
            found = re.search(rf"^{word}: (.*?)(?:\n\n|\Z)", chapter, re.MULTILINE | re.DOTALL)
            if found is None or not QUOTED.search(found[1]):
                wrong.append(f"{name} names nothing behind {word}:")
            else:
                said[word] = found[1]
                wrong += [f"{name}: {complaint}" for complaint in check(found[1])]
        if len(said) == len(checks):
            wrong += [f"{name}: {complaint}" for complaint in tree.not_caught(said["Mutants"], said["Tests"])]
        if not re.search(r"^Remains: \S", chapter, re.MULTILINE):
            wrong.append(f"{name} does not say what remains")
    if seen != [f"T{number}" for number in range(1, THREATS + 1)]:
        wrong.append(f"the chapters are not T1 to T{THREATS} in their order")
    return wrong


def check(tree):
    wrong = []
    for pages, judge in ((["PROTOCOL"], check_protocol), (["SECURITY", "SECURITY_ABUSE"], check_security)):
        text = "\n".join((tree.root / f"docs/{name}.md").read_text(encoding="utf-8") for name in pages)
        wrong += [f"docs/{pages[0]}.md: {complaint}" for complaint in judge(tree, text)]
    return wrong


def ctests_of(build):
    listed = subprocess.run(["ctest", "--test-dir", str(build), "-N"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^\s*Test\s+#\d+: (\S+)", listed, re.MULTILINE)


ROW = "| P-{:03} | a rule | {} | {} | {} |\n"
CHAPTER = "## T{}: a threat\n\nWhere: {}\n\nTests: {}\n\nMutants: {}\n\nRemains: {}\n\n"


def plant(root, row=None, chapter=None):
    """A tree whose documents are good, but for the row or the chapter that is given."""
    good = ("✓", "`core/a.c`", "`base/a_test` `A.Does`, `golden`, `fuzz_a`, `host/b` `test_it`")
    told = ("`core/a.c`", "`base/a_test` `A.Does`", "`a/b`", "nothing.")
    rows = [ROW.format(number, *(row if row and number == 7 else good)) for number in range(1, LINES + 1)]
    chapters = [CHAPTER.format(number, *(chapter if chapter and number == 7 else told)) for number in range(1, THREATS + 1)]
    for name, text in (("docs/PROTOCOL.md", "".join(rows)), ("docs/SECURITY.md", "".join(chapters[:11])),
                       ("docs/SECURITY_ABUSE.md", "".join(chapters[11:])), ("core/a.c", ""),
                       ("tests/unit/base/a_test.cc", "TEST(A, Does)\n{\n}\n"), ("tests/mutants/a.mutants", "mutant: b\nfile: core/a.c\ncatch: base A.Does\n"),
                       ("tests/fuzz/CMakeLists.txt", "dim_fuzz(a FLOORS base)\n"),
                       ("tests/hosts/host_b_test.py", "class A:\n    def test_it(self):\n")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Tree(root, ["base/a_test", "golden", "host/b"])


def self_test():
    good = "`base/a_test` `A.Does`"
    faults = [
        ({"row": ("✓", "`core/b.c`", good)}, "P-007 there is no file core/b.c"),
        ({"row": ("✓", "`core/a.c`", "`base/b_test`")}, "P-007 ctest has no test base/b_test"),
        ({"row": ("✓", "`core/a.c`", "`base/a_test` `A.DoesNot`")}, "P-007 base/a_test has no case A.DoesNot"),
        ({"row": ("✓", "`core/a.c`", "`golden` `A.Does`")}, "P-007 golden has no case A.Does"),
        ({"row": ("✓", "`core/a.c`", "`A.Does`")}, "P-007 None has no case A.Does"),
        ({"row": ("✓", "`core/a.c`", "`host/b` `test_that`")}, "P-007 host/b has no case test_that"),
        ({"row": ("✓", "`core/a.c`", "`fuzz_b`")}, "P-007 ctest has no test fuzz_b"),
        ({"row": ("✓", "`core/a.c`", "")}, "P-007 is ✓ without a test"),
        ({"row": ("✓", "", good)}, "P-007 is ✓ without a file"),
        ({"row": ("not yet", "", "")}, "P-007 has the state 'not yet'"),
        ({"row": ("yes", "`core/a.c`", good)}, "P-007 has the state 'yes'"),
        ({"row": ("✓", "`core/a.c`", good + " |")}, "P-007 has 6 columns"),
        ({"row": ("✓", "`core/a.c`", good + " |\n| P-006 | twice | ✓ | `core/a.c` | `golden`")}, "the rows are not"),
        ({"chapter": ("`core/b.c`", good, "`a/b`", "x")}, "T7: there is no file core/b.c"),
        ({"chapter": ("`core/a.c`", "`base/a_test` `A.No`", "`a/b`", "x")}, "T7: base/a_test has no case A.No"),
        ({"chapter": ("`core/a.c`", good, "`a/c`", "x")}, "T7: there is no mutant a/c"),
        ({"chapter": ("`core/a.c`", "`golden`", "`a/b`", "x")}, "T7: no test that catches a/b is named"),
        ({"chapter": ("`core/a.c`", good, "none", "x")}, "T7 names nothing behind Mutants:"),
        ({"chapter": ("`core/a.c`", good, "`a/b`", "")}, "T7 does not say what remains"),
        ({"chapter": ("`core/a.c`", good, "`a/b`", "x\n\n## T9: again")}, "the chapters are not"),
    ]
    missed = 0
    for fault, expected in [({}, None), ({"row": ("partly: why", "", "")}, None)] + faults:
        with tempfile.TemporaryDirectory() as name:
            found = check(plant(pathlib.Path(name), **fault))
        caught = not found if expected is None else any(expected in complaint for complaint in found)
        missed += not caught
        if not caught:
            print(f"MISSED: {expected}: {found}")
    print(f"self-test: {len(faults)} faults planted, {missed} missed")
    return not missed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return not self_test()
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tree = Tree(pathlib.Path(sys.argv[1]), ctests_of(pathlib.Path(sys.argv[2])))
    wrong = check(tree)
    for complaint in wrong:
        print(complaint)
    rows = [line for line in (tree.root / "docs/PROTOCOL.md").read_text(encoding="utf-8").splitlines() if line.startswith("| P-")]
    states = [row.split("|")[3].strip()[:1] for row in rows]
    print(f"docs: {states.count('✓')} lines ✓, {states.count('p')} partly, {states.count('n')} not yet, {len(wrong)} complaints")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
