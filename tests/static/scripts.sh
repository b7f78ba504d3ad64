#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ./check and ./try beside a cmake, a ninja and a ctest that are played: one at a time, and no success that nobody saw.
# usage: scripts.sh SOURCE-DIR
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/bin" "$scratch/tree/cmake" "$scratch/tree/tests/hosts"
cp "$1/check" "$1/try" "$scratch/tree"
export SCRATCH="$scratch" PATH="$scratch/bin:$PATH"
unset CI DIM_WYCHEPROOF

# play FILE: the program is what stands on stdin.
play() {
    { echo '#!/bin/sh'; cat; } >"$scratch/$1"
    chmod +x "$scratch/$1"
}

fail() {
    echo "scripts: $*; this was said:"
    cat "$scratch"/said*
    exit 1
}

play tree/cmake/setup.sh </dev/null
play bin/cmake </dev/null
play bin/python3 </dev/null
play bin/ninja <<'END'
mkdir "$SCRATCH/building" || : >"$SCRATCH/two-at-once"
sleep 0.5
rmdir "$SCRATCH/building"
END
play bin/ctest </dev/null

# quick: ./check --quick, its words in said, its end in $status.
quick() {
    status=0
    "$scratch/tree/check" --quick >"$scratch/said" 2>&1 || status=$?
}

quick
[ "$status" -eq 0 ] || fail "good tests fail"
echo 'exit 8' | play bin/ctest
quick
[ "$status" -ne 0 ] || fail "a failing test is none"
# How it ended cannot be said.
echo 'kill -9 $PPID' | play bin/ctest
quick
[ "$status" -ne 0 ] || fail "tests of which nobody knows how they ended were good"

# What ctest is told of the published Wycheproof sets: those beside the checkout, unless the caller said something.
# shellcheck disable=SC2016 (not here, but when it runs)
echo 'echo "told ${DIM_WYCHEPROOF-nothing}."' | play bin/ctest
quick
grep -qx 'told nothing.' "$scratch/said" || fail "ctest is told of sets that are not there"
mkdir -p "$scratch/shared/protocol/wycheproof"
quick
grep -qx "told $scratch/shared/protocol/wycheproof." "$scratch/said" || fail "the sets beside the checkout are not found"
for folder in /elsewhere ''; do
    export DIM_WYCHEPROOF="$folder"
    quick
    grep -qx "told $folder." "$scratch/said" || fail "the caller's own word ($folder) does not count"
done
unset DIM_WYCHEPROOF

play bin/ctest </dev/null
"$scratch/tree/try" >"$scratch/said-by-try" 2>&1 &
quick
wait $! || fail "./try fails beside ./check"
[ "$status" -eq 0 ] || fail "./check fails beside ./try"
[ ! -e "$scratch/two-at-once" ] || fail "both built at once"
grep -q waiting "$scratch/said" "$scratch/said-by-try" || fail "nobody says why nothing happens"
echo "scripts: good tests, a failing one, one of unknown end, two at once, and what is told of published sets"
