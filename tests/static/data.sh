#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The desktop file, the metainfo, the man page, the scripts and the licence are well formed.
# usage: data.sh SOURCE-DIR BUILD-DIR
set -eu
cd "$1"
desktop-file-validate data/purple-dim.desktop
appstreamcli validate --no-net --no-color data/purple-dim.metainfo.xml
complaints=$(groff -man -Tutf8 -ww -z "$2/data/dim-station.8" 2>&1)
[ -z "$complaints" ] || { echo "$complaints"; exit 1; }
for script in check try .ci/run cmake/setup.sh data/purple-dim-open pixmaps/render.sh \
    tests/static/*.sh; do
    sh -n "$script"
    test -x "$script"
done
for size in 16 22 48; do
    # width and height are the eight bytes after the IHDR mark
    size_found=$(od -A n -t u1 -j 16 -N 8 "pixmaps/$size/dim.png" | tr -s ' ')
    test "$size_found" = " 0 0 0 $size 0 0 0 $size"
done
cmp -s COPYING /usr/share/common-licenses/GPL-2 || grep -q 'GNU GENERAL PUBLIC LICENSE' COPYING
echo "data: well formed"
