#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Draws the PNG icons anew from the two SVG files; run it after a change to one of these.
set -eu
cd "$(dirname "$0")"
rsvg-convert -w 16 -h 16 small.svg -o 16/dim.png
rsvg-convert -w 22 -h 22 scalable/dim.svg -o 22/dim.png
rsvg-convert -w 48 -h 48 scalable/dim.svg -o 48/dim.png
