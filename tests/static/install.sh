#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed, and where: honours DESTDIR; plugin, icons and unit lie where they are looked for; a person's own lies at home.
# usage: install.sh BUILD-DIR PLUGIN-DIR DATA-DIR
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root cmake --install "$1" >"$root.log" || { cat "$root.log"; rm -f "$root.log"; exit 1; }
rm -f "$root.log"
missing=0
need() {
    # shellcheck disable=SC2144 (one match is meant)
    if [ ! -f "$root"$1 ]; then
        echo "not installed: $1"
        missing=1
    fi
}
need "$2/libdim.so"
for picture in 16/dim.png 22/dim.png 48/dim.png scalable/dim.svg; do
    need "$3/pixmaps/pidgin/protocols/$picture"
done
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$1/CMakeCache.txt")
for file in bin/dim-station bin/purple-dim-open share/applications/purple-dim.desktop \
    share/metainfo/purple-dim.metainfo.xml share/man/man8/dim-station.8 \
    lib/systemd/system/dim-station.service; do
    need "$prefix/$file"
done
(cd "$root" && find . -type f | sort)
# For one person: the home of whoever runs it, not of whoever configured the tree; made as private as libpurple makes it.
home=$root/person
mkdir "$home"
(umask 022 && HOME=$home cmake --build "$1" --target install-user) >"$root.log" || { cat "$root.log"; missing=1; }
rm -f "$root.log"
need /person/.purple/plugins/libdim.so
for folder in .purple .purple/plugins; do
    if [ "$(stat -c %a "$home/$folder")" != 700 ]; then
        echo "others may look into ~/$folder"
        missing=1
    fi
done
exit $missing
