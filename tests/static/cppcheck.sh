#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# cppcheck over core/, plugin/ and station/; what it found before is kept in BUILD-DIR/cppcheck.
# usage: cppcheck.sh SOURCE-DIR BUILD-DIR
set -eu
mkdir -p "$2/cppcheck"
cd "$1"
rooms=
for room in core plugin station; do
    [ ! -d "$room" ] || rooms="$rooms $room"
done
# shellcheck disable=SC2086 (one word per room is meant)
cppcheck --quiet -j 2 --std=c11 --language=c --error-exitcode=1 --inline-suppr \
    --enable=warning,performance,portability --library=gtk,posix -I core -I . \
    --suppressions-list=tests/static/cppcheck.txt --cppcheck-build-dir="$2/cppcheck" $rooms
echo "cppcheck: $(find $rooms -name '*.c' | wc -l) files"
