#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person can read passes _(), N_() or P_(): words.py SOURCE-DIR | --self-test

In plugin/ each string of two words or more is such a sentence, unless it goes into a log. In core/ each string is one that is
handed to what tells a person something, whatever it is.
"""
import pathlib
import re
import sys

MARKED = {"_", "N_", "P_"}
LOGS = re.compile(r"g_(debug|info|message|warning|critical|error)$|warn$|g_return_\w+$|g_assert\w*$|purple_debug\w*$")
TELLERS = {"->tell", "dim_showing_notice"}
TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:\\\n|[^\n])*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+'|(?:->)?\w+|[^\w\s]""", re.S | re.M)
WORDS = re.compile(r"[^\W\d_]{2,}[^\w%]* [^\w%]*[^\W\d_]{2,}")


def strings(text):
    """Each string of C, its pieces joined, with the calls around it (innermost last) and its line."""
    around, last, held = [], "", None
    for found in TOKEN.finditer(text):
        token = found[0]
        if token.startswith(("/*", "//")) or token.lstrip().startswith("#"):
            continue
        if token.startswith('"'):
            held = held or ["", list(around), text.count("\n", 0, found.start()) + 1]
            held[0] += token[1:-1]
            continue
        if held and not re.fullmatch(r"PRI\w+|G_G\w+_FORMAT|G_G\w+_MODIFIER", token):
            yield held
            held = None
        if token == "(":
            around.append(last)
        elif token == ")" and around:
            around.pop()
        last = token


def complaints(name, text):
    in_plugin = name.startswith("plugin/")
    for words, around, line in strings(text):
        if MARKED & set(around) or any(LOGS.match(call) for call in around):
            continue
        if (in_plugin and WORDS.search(words)) or TELLERS & set(around):
            yield f'{name}:{line}: "{words}" does not pass _()'


def check(root):
    files = [path for room in ("plugin", "core") for path in sorted((root / room).rglob("*.[ch]"))]
    found = [one for path in files for one in complaints(str(path.relative_to(root)), path.read_text(encoding="utf-8"))]
    for one in found:
        print(one)
    print(f"words: {len(files)} files, {len(found)} complaints")
    return 1 if found or not files else 0


def self_test():
    cases = [
        (1, "plugin/a.c", 'void f(void) { purple_notify_error(gc, _("DIM"), "It went wrong", NULL); }'),
        (1, "plugin/a.c", 'void f(void) { g_strdup_printf("%u people were" " found", n); }'),
        (1, "plugin/a.c", 'static const char *const all[] = { N_("This is"), "That is" };'),
        (0, "plugin/a.c", 'void f(void) { purple_notify_error(gc, _("DIM"), _("It went" "wrong"), NULL); }'),
        (0, "plugin/a.c", 'void f(void) { g_debug("the line fell: %s", _("why")); /* "not a word" */ }'),
        (0, "plugin/a.c", 'void f(void) { purple_account_get_string(account, "server-name", ""); }'),
        (1, "core/a.c", 'void f(void) { desk->tell(desk->data, count > 0 ? text : "Nobody"); }'),
        (1, "core/a.c", 'void f(void) { dim_showing_notice(session, "%s is fast"); }'),
        (0, "core/a.c", 'void f(void) { desk->tell(desk->data, _("Nobody")); fail("no such packet"); }'),
    ]
    bad = 0
    for expected, name, text in cases:
        seen = len(list(complaints(name, text)))
        print(f"{'good' if seen == expected else 'WRONG'}: {seen} of {expected} in {text}")
        bad += seen != expected
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(self_test() if sys.argv[1] == "--self-test" else check(pathlib.Path(sys.argv[1])))
