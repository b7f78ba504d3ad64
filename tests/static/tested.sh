#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each file of core/ and station/ has unit tests under its own name, or stands in tested.txt beside the neighbour's tests that
# judge it; and each file of tests is built.
# usage: tested.sh SOURCE-DIR
set -eu
cd "$1"
list=tests/static/tested.txt
wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
for file in core/*/*.c station/*.c; do
    room=$(basename "$(dirname "$file")")
    [ ! -f "tests/unit/$room/$(basename "$file" .c)_test.cc" ] || continue
    judges=$(sed -n "s|^$file  *||p" "$list")
    [ -n "$judges" ] || echo "$file: no tests/unit/$room/$(basename "$file" .c)_test.cc, and not in $list"
    for judge in $judges; do
        [ -f "tests/unit/$judge.cc" ] || echo "$list: $file is judged by $judge, which is not there"
    done
done >"$wrong"
for test in tests/unit/*/*_test.cc; do
    grep -qw "$(basename "$test" .cc)" "$(dirname "$test")/CMakeLists.txt" || echo "$test: built by nobody"
done >>"$wrong"
cat "$wrong"
echo "tested: $(ls core/*/*.c station/*.c | wc -l) files, $(ls tests/unit/*/*_test.cc | wc -l) of tests"
test ! -s "$wrong"
