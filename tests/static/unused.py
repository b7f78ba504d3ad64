#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every function that a header of core/ offers must be called by the product: core, station or plugin.

usage: unused.py SOURCE-DIR | --self-test

A function counts as used when its name stands anywhere in the product outside comments, its own declaration and its own
body; that a type's G_DEFINE_AUTO… names it counts when the product has a g_auto… of that type. What only tests call is the
missing half of a feature, or dead. unused.txt beside this file lists the exceptions, a name and a reason each; an exception
that is used by now is a failure too.
"""
import pathlib
import re
import sys
import tempfile

NAME = re.compile(r"\bdim_[a-z0-9_]+\b")
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)
DECLARED = re.compile(r"\b(dim_[a-z0-9_]+)\s*\(")
AUTO = re.compile(r"\bG_DEFINE_AUTO\w*\(\s*(\w+)\s*,\s*(\w+)")


def without_comments(text):
    return COMMENT.sub(lambda found: " " if found[0].startswith("/") else '""', text)


def split_header(text):
    """Its declarations, and what it says itself: macros and inline bodies."""
    macros = re.findall(r"^[ \t]*#(?:\\\n|[^\n])*", text, re.MULTILINE)
    rest = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", "", text, flags=re.MULTILINE)
    bodies = re.findall(r"\)\s*(\{.*?^\})", rest, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"\)\s*\{.*?^\}", ");", rest, flags=re.DOTALL | re.MULTILINE)
    return rest, "\n".join(macros + bodies)


def used_in(text):
    """The names in a source file, but for a function's name in its own head and body."""
    found = set()
    inside = None
    for line in text.split("\n"):
        head = re.match(r"(dim_[a-z0-9_]+)\s*\(", line)  # as clang-format writes a definition
        if head:
            inside = head[1]
        found |= set(NAME.findall(line)) - {inside}
        if line.startswith("}"):
            inside = None
    return found


def unused(root):
    offered, used, autos, product = {}, set(), [], []
    for folder in ("core", "station", "plugin"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            text = without_comments(path.read_text(encoding="utf-8"))
            product.append(text)
            if path.suffix == ".c":
                used |= used_in(text)
                continue
            declarations, own = split_header(text)
            used |= set(NAME.findall(own))
            autos += AUTO.findall(declarations)
            declarations = AUTO.sub("", declarations)
            if folder == "core":
                for name in DECLARED.findall(declarations):
                    offered.setdefault(name, path.relative_to(root))
    held = set(re.findall(r"\bg_auto(?:ptr)?\(\s*(\w+)\s*\)", "\n".join(product)))
    used |= {function for kind, function in autos if kind in held}
    return offered, {name for name in offered if name not in used}


def exceptions(path):
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(" ")
            found[name] = reason.strip()
    return found


def check(root, allowed):
    offered, dead = unused(root)
    wrong = [f"{offered[name]}: {name}() is called by no product code" for name in sorted(dead - set(allowed))]
    wrong += [f"unused.txt: {name} is used by now, or gone" for name in sorted(set(allowed) - dead)]
    wrong += [f"unused.txt: {name} has no reason" for name, reason in sorted(allowed.items()) if not reason]
    for line in wrong:
        print(line)
    print(f"unused: {len(offered)} functions, {len(dead)} of them not called, {len(allowed)} excused")
    return not wrong and len(offered) > 0


def self_test():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for folder in ("core", "station", "plugin"):
            (root / folder).mkdir()
        (root / "core/a.h").write_text(
            "int dim_a_called(void);\nint dim_a_dead(int x);\nint\ndim_a_alone(void);\nint dim_a_told(void); /* dim_a_dead() */\n"
            "void dim_a_free(A *a);\nvoid dim_b_free(B *b);\n#define A_MACRO dim_a_told()\n"
            "static inline int\na_inline(void)\n{\n    return dim_a_inlined();\n}\nint dim_a_inlined(void);\n"
            "G_DEFINE_AUTOPTR_CLEANUP_FUNC(A, dim_a_free)\nG_DEFINE_AUTOPTR_CLEANUP_FUNC(B, dim_b_free)\n", encoding="utf-8")
        (root / "core/a.c").write_text(
            "int\ndim_a_alone(void)\n{\n    return dim_a_alone();\n}\nint\ndim_a_dead(int x)\n{\n    g_autoptr(A) a = 0;\n"
            "    return x; /* dim_a_dead */\n}\n", encoding="utf-8")
        (root / "plugin/p.c").write_text('int p(void) { return dim_a_called() + f("dim_a_dead"); }\n', encoding="utf-8")
        offered, dead = unused(root)
        good = dead == {"dim_a_dead", "dim_a_alone", "dim_b_free"} and len(offered) == 7
        good = good and not check(root, {}) and not check(root, dict.fromkeys(dead, ""))
        good = good and not check(root, dict.fromkeys(dead | {"dim_a_called"}, "why"))
        good = good and check(root, dict.fromkeys(dead, "why"))
        print("self-test:", "good" if good else f"found {sorted(dead)} of {sorted(offered)}")
        return good


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--self-test":
        sys.exit(not self_test())
    sys.exit(not check(pathlib.Path(sys.argv[1]), exceptions(pathlib.Path(__file__).with_name("unused.txt"))))
