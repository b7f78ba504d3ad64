#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Puts the plugin where Pidgin and Finch of whoever runs this look for it; what is made on the way is theirs alone.
# usage: cmake/install_user.sh PLUGIN
set -eu
folder=${HOME:?whose home?}/.purple/plugins
umask 077 # accounts and logs of every network lie beside it
mkdir -p "$folder"
# A new file in the old one's place: a program that has that one loaded keeps it.
install -m 755 -T "$1" "$folder/$(basename "$1").new"
mv -f -T "$folder/$(basename "$1").new" "$folder/$(basename "$1")"
echo "installed into $folder"
