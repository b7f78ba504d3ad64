#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No file of the tree has more than 400 lines, and no function in C or C++ a body of more than 60.

usage: lengths.py SOURCE-DIR | --self-test

Looks at what git tracks (or would): C, C++, Python, shell, CMake, and pages. A function is what stands between braces alone on
their lines, as clang-format leaves it, behind a line that ends a list of parameters.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

FILE, FUNCTION = 400, 60
NAMES = re.compile(r"\.(c|h|cc|hh|py|sh|cmake|md)$|(^|/)CMakeLists\.txt$")
CODE = re.compile(r"\.(c|h|cc|hh)$")
OPENS = re.compile(r"\)\s*(const|override|noexcept|\s)*(/\*.*\*/)?$")


def files_of(root):
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.split("\0")
    else:  # a tarball
        names = [str(path.relative_to(root)) for path in root.rglob("*") if "build" not in path.parts]
    return sorted(name for name in names if is_ours(root, name))


def is_ours(root, name):
    """Also scripts without a suffix; data (mutants, corpus, vectors) and links are none of them."""
    path = root / name
    if not name or path.is_symlink() or not path.is_file():
        return False
    if NAMES.search(name):
        return True
    with path.open("rb") as file:
        return "." not in path.name and file.read(2) == b"#!"


def long_functions(lines):
    """(number of its first line, length of its body)"""
    found, start, indent = [], None, ""
    for number, line in enumerate(lines, 1):
        if start is None and line.strip() == "{" and number > 1 and OPENS.search(lines[number - 2]):
            start, indent = number, line[:line.index("{")]
        elif start is not None and line.rstrip() in (indent + "}", indent + "};"):
            if number - start - 1 > FUNCTION:
                found.append((start, number - start - 1))
            start = None
    return found


def check(root):
    wrong, count = [], 0
    for name in files_of(root):
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        count += 1
        if len(lines) > FILE:
            wrong.append(f"{name}: {len(lines)} lines; at most {FILE}")
        if CODE.search(name):
            wrong += [f"{name}:{start}: a function of {length} lines; at most {FUNCTION}"
                      for start, length in long_functions(lines)]
    return wrong, count


def self_test():
    body = "    x();\n"
    cases = [
        ("a.c", "void\nf(void)\n{\n" + body * 60 + "}\n", None),
        ("a.c", "void\nf(void)\n{\n" + body * 61 + "}\n", "a.c:3: a function of 61 lines"),
        ("a.c", "static const int a[] = {\n" + "    1,\n" * 90 + "};\n", None),
        ("a.hh", "class A {\n    int\n    f() const\n    {\n" + body * 61 + "    }\n};\n", "a.hh:4: a function"),
        ("a.md", "x\n" * 400, None),
        ("a.md", "x\n" * 401, "a.md: 401 lines"),
        ("a.py", "x\n" * 401, "a.py: 401 lines"),
        ("b/CMakeLists.txt", "x\n" * 401, "b/CMakeLists.txt: 401 lines"),
        ("do", "#!/bin/sh\n" + "x\n" * 400, "do: 401 lines"),
        ("a.mutants", "x\n" * 401, None),
        ("COPYING", "x\n" * 401, None),
    ]
    missed = 0
    for name, text, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
            wrong, count = check(root)
        right = not wrong if expected is None else len(wrong) == 1 and wrong[0].startswith(expected)
        if not right:
            print(f"MISSED: {name}: {expected}: {wrong} ({count} files)")
        missed += not right
    print(f"self-test: {len(cases)} trees, {missed} misjudged")
    return missed != 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong, count = check(pathlib.Path(sys.argv[1]))
    for complaint in wrong:
        print(complaint)
    print(f"lengths: {count} files, {len(wrong)} complaints")
    return bool(wrong) or count == 0


if __name__ == "__main__":
    sys.exit(main())
