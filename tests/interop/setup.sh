#!/bin/sh
# Makes (or completes) the Python environment with the pinned official DIM packages.
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: setup.sh VENV_DIR
# Exit status: 0 ready; 77 registry out of reach, said aloud; 1 the same with CI=true, or any other failure.
set -eu

[ $# -eq 1 ] || { echo "usage: setup.sh VENV_DIR" >&2; exit 1; }
venv=$1
here=$(cd "$(dirname "$0")" && pwd)
wanted=$here/requirements.txt
stamp=$venv/requirements.installed

# A stamp with the very list that was installed makes a second call free.
if [ -f "$stamp" ] && cmp -s "$wanted" "$stamp" && [ -x "$venv/bin/python" ]; then
    exit 0
fi

skip() {
    if [ "${CI:-}" = true ]; then
        echo "failed: $1" >&2
        exit 1
    fi
    echo "skipped: $1" >&2
    exit 77
}

# One at a time: tests that run side by side share the environment.
mkdir -p "$(dirname "$venv")"
exec 9>"$venv.lock"
flock 9
if [ -f "$stamp" ] && cmp -s "$wanted" "$stamp" && [ -x "$venv/bin/python" ]; then
    exit 0
fi
python3 -m venv "$venv" || { echo "failed: python3 -m venv (Debian: python3-venv)" >&2; exit 1; }

log=$venv/install.log
if ! "$venv/bin/python" -m pip install --disable-pip-version-check --retries 2 --timeout 20 \
    --no-deps -r "$wanted" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    # Only an unreachable registry is a reason to skip; a missing version or a broken wheel is a failure.
    if grep -Eq 'NewConnectionError|ConnectTimeout|ReadTimeout|Name or service not known|Temporary failure in name resolution|Network is unreachable|ProxyError|Connection refused|MaxRetryError' "$log"; then
        skip "the official DIM packages could not be installed: the Python registry cannot be reached"
    fi
    echo "failed: the official DIM packages could not be installed, see $log" >&2
    exit 1
fi
"$venv/bin/python" -m pip check --disable-pip-version-check >&2 || exit 1
cp "$wanted" "$stamp"
