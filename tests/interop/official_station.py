"""Runs the official station (dimples) on loopback only, around the package's own handler classes.

SPDX-License-Identifier: GPL-2.0-or-later

usage: official_station.py --port 0|N --data DIR [--redis-port P] [--no-redis] [--until-eof] [--ans NAME=ID …]

Prints {"event":"ready","port":…,"id":…,"redis":…} when it listens, and for each content that it processes {"event":"heard",
"from":ID,"class":…,"content":{…},"answers":[{"class":…,"content":{…}},…]} (answers null: it raised). Without --redis-port it starts a Redis of its own
in DIR/redis and ends it on the way out. SIGTERM, SIGINT or (with --until-eof) the end of stdin stop it.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import threading
from socketserver import ThreadingTCPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from official_common import claim_stdout, emit, log_to, make_account, read_account, write_config  # noqa: E402
from redis_server import RedisServer  # noqa: E402

STATION_NETWORK = 0x02


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", required=True)
    parser.add_argument("--redis-port", type=int, default=0)
    parser.add_argument("--no-redis", action="store_true", help="keeps nothing offline")
    parser.add_argument("--kind", default="mkm-ecc", choices=("mkm-ecc", "mkm-rsa"))
    parser.add_argument("--until-eof", action="store_true")
    parser.add_argument("--ans", action="append", default=[], metavar="NAME=ID", help="a name that it knows")
    parser.add_argument("--make-account", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def load_plugins() -> None:
    from dimples.common.compat import LibraryLoader
    LibraryLoader().run()


def ensure_account(args) -> str:
    """The station's ID; made in a process of its own on the first start (see make_account)."""
    identifier = read_account(args.data)
    if identifier is None:
        write_config(args.data)
        subprocess.run([sys.executable, os.path.abspath(__file__), "--data", args.data, "--kind", args.kind,
                        "--make-account"], check=True, stdout=sys.stderr)
        identifier = read_account(args.data)
    return identifier


def report_what_is_heard() -> None:
    """Turns what the package's own processor is given, and what it answers, into events."""
    from dimples.server import ServerMessageProcessor
    process = ServerMessageProcessor.process_content

    async def process_content(self, content, r_msg):
        answers = told = None
        try:
            answers = await process(self, content=content, r_msg=r_msg)
            told = [{"class": type(item).__name__, "content": item.copy_map()} for item in answers]
        finally:
            emit("heard", **{"from": str(r_msg.sender), "class": type(content).__name__}, content=content.copy_map(),
                 answers=told)
        return answers

    ServerMessageProcessor.process_content = process_content


async def prepare(config_path: str, identifier: str) -> None:
    from dimsdk import ID
    from dimples.station.shared import GlobalVariable
    from dimples.utils import Config
    shared = GlobalVariable()
    config = Config()
    await config.load(path=config_path)
    await shared.prepare(config=config)
    await shared.login(current_user=ID.parse(identifier=identifier))


class LoopbackServer(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def listen(port: int) -> LoopbackServer:
    from dimples.station.handler import RequestHandler
    return LoopbackServer(("127.0.0.1", port), RequestHandler)


def stop_when_told(server: LoopbackServer, until_eof: bool) -> None:
    def stop(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if until_eof:
        def wait_for_eof():
            while sys.stdin.buffer.read(4096):
                pass
            stop()
        threading.Thread(target=wait_for_eof, daemon=True).start()


def serve(args, redis_port: int) -> None:
    identifier = ensure_account(args)
    load_plugins()
    log_to(args.data, "station")
    server = None
    try:
        server = listen(args.port)
        port = server.server_address[1]
        config = write_config(args.data, redis_port, {"id": identifier, "host": "127.0.0.1", "port": port},
                              dict(pair.split("=", 1) for pair in args.ans))
        report_what_is_heard()
        asyncio.run(prepare(config, identifier))
        stop_when_told(server, args.until_eof)
        emit("ready", port=port, id=identifier, redis=redis_port)
        server.serve_forever(poll_interval=0.1)
        emit("bye")
    finally:
        if server is not None:
            server.server_close()


def main() -> int:
    args = arguments()
    args.data = os.path.abspath(args.data)
    os.makedirs(args.data, mode=0o700, exist_ok=True)
    claim_stdout()
    if args.make_account:
        load_plugins()
        asyncio.run(make_account(args.data, args.kind, "station", STATION_NETWORK, "Interop Station",
                                 properties={"host": "127.0.0.1", "provider": "gsp@everywhere"}))
        return 0
    redis = None
    if not args.redis_port and not args.no_redis:
        redis = RedisServer(os.path.join(args.data, "redis")).start()
    try:
        serve(args, args.redis_port or (redis.port if redis else 0))
    finally:
        if redis is not None:
            redis.stop()
    sys.stdout.flush()
    os._exit(0)  # the handlers' threads never end by themselves


if __name__ == "__main__":
    sys.exit(main())
