#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every C and C++ file must be as clang-format 14 writes it.
# usage: form.sh SOURCE-DIR
set -eu
cd "$1"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
if [ -e .git ]; then
    git -c safe.directory='*' ls-files --cached --others --exclude-standard -- '*.c' '*.h' '*.cc' '*.hh'
else
    find core plugin station tests -name '*.[ch]' -o -name '*.cc' -o -name '*.hh'
fi | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
done >"$list"
echo "clang-format: $(wc -l <"$list") files"
test -s "$list"
# Of each finding the first line is enough; clang-format-14 -i mends all.
xargs clang-format-14 --dry-run -Werror <"$list" >"$list.out" 2>&1 || {
    grep -o '^[^ ]*: error:' "$list.out" | cut -d: -f1 | sort | uniq -c
    rm -f "$list.out"
    exit 1
}
rm -f "$list.out"
