#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What plugin/ calls in core/ is what core/public.txt lists, no more and no less.
# usage: public.sh PUBLIC.txt PLUGIN-OBJECTS...
set -eu
list=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
nm -u "$@" | sed -n 's/^ *U \(dim_[a-z0-9_]*\)$/\1/p' | sort -u >"$scratch/called"
nm --defined-only "$@" | sed -n 's/^[0-9a-f]* [A-Z] \(dim_[a-z0-9_]*\)$/\1/p' | sort -u >"$scratch/own"
comm -23 "$scratch/called" "$scratch/own" >"$scratch/used"
sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$list" | sort -u >"$scratch/listed"
comm -23 "$scratch/used" "$scratch/listed" | sed 's/^/called, but not in public.txt: /' >"$scratch/wrong"
comm -13 "$scratch/used" "$scratch/listed" | sed 's/^/in public.txt, but not called: /' >>"$scratch/wrong"
cat "$scratch/wrong"
echo "public: $(wc -l <"$scratch/used") symbols used"
test ! -s "$scratch/wrong"
