#!/bin/sh
# Puts on a Debian 12 machine what building and checking need; quick and silent when all is there.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: cmake/setup.sh [TOOLS-DIR]      (default: build/tools beside this checkout)
#
# Packages come from cmake/packages.txt. No service is started or enabled: a policy-rc.d refuses
# starts while apt runs, and the two programs whose packages would enable one are had otherwise:
#   TOOLS-DIR/usr/sbin/bitlbee      unpacked from its package, not installed
#   TOOLS-DIR/bin/redis-server      a link to redis-check-rdb, the same program under another name
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
tools=${1:-$top/build/tools}
policy=/usr/sbin/policy-rc.d

say() { echo "setup: $*" >&2; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "needs root (or sudo) to run: $*"
        return 1
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@"
}

update_once() {
    [ -z "${updated:-}" ] || return 0
    updated=yes
    apt update || say "apt-get update failed; going on with the lists at hand"
}

missing_packages() {
    sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$top/cmake/packages.txt" | sort -u >"$scratch/wanted"
    # One call for all; unknown names are reported on stderr and are simply missing.
    # What counts is that it is there, not whether it is on hold.
    xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' <"$scratch/wanted" 2>/dev/null |
        sed -n 's/^installed //p' | sort -u >"$scratch/there" || true
    comm -23 "$scratch/wanted" "$scratch/there"
}

install_packages() {
    say "installing: $(echo $*)"
    update_once
    made_policy=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$scratch/policy-rc.d"
        made_policy=yes
        as_root install -m 755 "$scratch/policy-rc.d" "$policy"
    fi
    status=0
    apt install -y --no-install-recommends "$@" >"$scratch/apt.log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 40 "$scratch/apt.log" >&2
    [ -z "$made_policy" ] || as_root rm -f "$policy"
    made_policy=
    return $status
}

unpack_bitlbee() {
    say "unpacking bitlbee into $tools"
    update_once
    (
        cd "$scratch"
        # Silent when it works: as root apt warns that it downloads without its sandbox.
        if ! apt-get -o Acquire::Retries=3 -qq download bitlbee-libpurple bitlbee-common >apt.log 2>&1; then
            tail -n 40 apt.log >&2
            say "bitlbee-libpurple and bitlbee-common could not be downloaded"
            exit 1
        fi
        for deb in bitlbee*.deb; do
            dpkg -x "$deb" "$tools"
        done
    )
    test -x "$tools/usr/sbin/bitlbee"
}

scratch=$(mktemp -d)
trap 'exit 130' INT
trap 'exit 129' HUP
trap 'exit 143' TERM
trap '[ -z "${made_policy:-}" ] || [ ! -e "$policy" ] || as_root rm -f "$policy" || true; rm -rf "$scratch"' EXIT

missing=$(missing_packages)
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 (one word per package is meant)
    install_packages $missing
    left=$(missing_packages)
    [ -z "$left" ] || { say "still missing: $left"; exit 1; }
fi

mkdir -p "$tools/bin"
[ -x "$tools/usr/sbin/bitlbee" ] || unpack_bitlbee
[ -x "$tools/bin/redis-server" ] || ln -sfn "$(command -v redis-check-rdb)" "$tools/bin/redis-server"
