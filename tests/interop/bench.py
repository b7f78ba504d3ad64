"""The common start of the interop tests: the Python environment, the work folder, the exit status.

SPDX-License-Identifier: GPL-2.0-or-later

Only the standard library may be imported before open_bench() has switched to the environment's own Python.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


def _enter_venv(venv: str) -> None:
    """Makes the environment (setup.sh) and goes on inside it; ends the process when that cannot be."""
    python = os.path.join(venv, "bin", "python")
    status = subprocess.run([os.path.join(HERE, "setup.sh"), venv], check=False).returncode
    if status != 0:
        sys.exit(status)
    if os.path.realpath(sys.prefix) != os.path.realpath(venv):
        os.execv(python, [python, "-u", *sys.argv])


def _need_redis() -> None:
    if not any(shutil.which(name) for name in ("redis-check-rdb", "redis-check-aof", "redis-server")):
        in_ci = os.environ.get("CI") == "true"
        print(("failed" if in_ci else "skipped") + ": no Redis binary (Debian package redis-tools)", file=sys.stderr)
        sys.exit(1 if in_ci else SKIPPED)


def open_bench(summary: str, test, add_arguments=None) -> int:
    """Runs test(stage) or test(stage, args) in a fresh folder; 0 passed, 1 failed, 77 skipped."""
    parser = argparse.ArgumentParser(description=summary.splitlines()[0])
    parser.add_argument("--venv", default=os.path.join(HERE, "..", "..", "build", "interop-venv"))
    parser.add_argument("--work", help="folder for data and logs (default: a temporary one, kept after a failure)")
    if add_arguments is not None:
        add_arguments(parser)
    args = parser.parse_args()
    args.venv = os.path.abspath(args.venv)
    _enter_venv(args.venv)
    _need_redis()
    work = os.path.abspath(args.work) if args.work else tempfile.mkdtemp(prefix="dim-interop-")
    shutil.rmtree(work, ignore_errors=True)
    from harness import Stage
    try:
        with Stage(work) as stage:
            if add_arguments is None:
                test(stage)
            else:
                test(stage, args)
    except Exception:
        traceback.print_exc()
        print(f"failed: data and logs are in {work}", file=sys.stderr)
        return 1
    if not args.work:
        shutil.rmtree(work, ignore_errors=True)
    return 0
