#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# cmake/setup.sh beside an apt and a dpkg that are played: what it installs, and what it says when something fails.
# usage: setup.sh SOURCE-DIR
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"

# play NAME: the program is what stands on stdin.
play() {
    { echo '#!/bin/sh'; cat; } >"$scratch/bin/$1"
    chmod +x "$scratch/bin/$1"
}

# run: setup.sh with the programs that are played; its words in $scratch/said, its end in $status.
run() {
    status=0
    PATH="$scratch/bin:$PATH" SCRATCH="$scratch" "$source/cmake/setup.sh" "$scratch/tools" \
        >"$scratch/said" 2>&1 || status=$?
}

fail() {
    echo "setup: $*; it ended with $status and said:"
    cat "$scratch/said"
    exit 1
}

source=$1
play id <<'END'
echo 0
END
play redis-check-rdb </dev/null
play install </dev/null # a failing test must not touch this machine either
# Every package is there, and on hold.
play dpkg-query <<'END'
shift 2
format=$1
shift
for package in "$@"; do
    echo "$format" | sed -e 's/\\n$//' -e 's/${Status}/hold ok installed/' -e 's/${db:Status-Status}/installed/' \
        -e "s/\${Package}/$package/"
done
END

# An apt that must not be asked to install anything, and has nothing to download from.
play apt-get <<'END'
case " $* " in
*" install "*) echo "asked to install" >>"$SCRATCH/installed" ;;
*" download "*) echo "E: no such mirror"; exit 100 ;;
esac
END
run
[ ! -e "$scratch/installed" ] || fail "a package on hold counts as missing"
[ "$status" -ne 0 ] || fail "a download that fails is no failure"
grep -q "no such mirror" "$scratch/said" || fail "apt's own words are lost"
grep -q "bitlbee-libpurple.* could not be downloaded" "$scratch/said" || fail "nobody says what failed"

# The download works: not a word beside the one that says what is done, though apt warns.
play apt-get <<'END'
case " $* " in
*" download "*) echo "W: unsandboxed" >&2; : >bitlbee-common.deb ;;
esac
END
play dpkg <<'END'
mkdir -p "$3/usr/sbin"
: >"$3/usr/sbin/bitlbee"
chmod +x "$3/usr/sbin/bitlbee"
END
run
[ "$status" -eq 0 ] || fail "a good run fails"
[ "$(cat "$scratch/said")" = "setup: unpacking bitlbee into $scratch/tools" ] || fail "a good run says more than it does"
[ -L "$scratch/tools/bin/redis-server" ] || fail "no redis-server"
run
[ ! -s "$scratch/said" ] || fail "a second run is not silent"
# Nobody's machine but the administrator's, who has installed all: what is left needs no root.
mkdir "$scratch/usual"
ln -s /usr/bin/* "$scratch/usual"
rm -rf "$scratch/usual/sudo" "$scratch/tools"
echo 'echo 1000' | play id
PATH=$scratch/usual
run
[ "$status" -eq 0 ] || fail "a person without sudo cannot unpack"
[ -x "$scratch/tools/usr/sbin/bitlbee" ] || fail "nothing was unpacked for a person without sudo"
echo 'exit 1' | play dpkg-query
mkdir "$scratch/tmp"
TMPDIR=$scratch/tmp run
[ "$status" -ne 0 ] || fail "packages are missing and cannot be installed, and that is no failure"
grep -q "needs root" "$scratch/said" || fail "nobody says that root is needed"
[ -z "$(ls "$scratch/tmp")" ] || fail "a failure leaves something behind"
echo "setup: packages on hold, a download that fails, a good run, a second run, one without sudo"
