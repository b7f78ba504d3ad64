#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The plugin exports purple_init_plugin and nothing else.
# usage: exports.sh PLUGIN.so
set -eu
found=$(nm -D --defined-only "$1" | sed 's/^[^ ]* . //' | sort | tr '\n' ' ')
echo "exports: $found"
test "$found" = "purple_init_plugin "
