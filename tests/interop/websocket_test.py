"""Our client over WebSocket through the official station; ours and the official one through the WebSocket of dim-station,
with aiohttp in between as the judge.

SPDX-License-Identifier: GPL-2.0-or-later

usage: websocket_test.py --headless PATH --plugin-dir DIR --station PATH [--venv DIR] [--work DIR]
"""

import asyncio
import sys
import time

from bench import open_bench
from interop_test import both_ways, no_complaints
from loop_thread import LoopThread

BEAT = 1.0  # seconds between two RFC 6455 pings of the judge; an answer must come in half of it
MOST = 4 << 20


class Between(LoopThread):
    """A WebSocket server in front of a WebSocket client, both strict: what is not exactly RFC 6455 ends the line.

    .texts counts payloads ("c>s" and "s>c"), .faults holds everything that was wrong.
    """

    def __init__(self, target: int):
        self.target = target
        self.texts = {"c>s": 0, "s>c": 0}
        self.acks = 0
        self.faults = []
        self.port = self._runner = None
        self.ends = []
        super().__init__()

    async def _open(self) -> None:
        from aiohttp import web
        app = web.Application()
        app.router.add_get("/", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def _handle(self, request):
        from aiohttp import ClientSession, web
        near = web.WebSocketResponse(heartbeat=BEAT, max_msg_size=MOST)
        await near.prepare(request)
        try:
            async with ClientSession() as session:
                async with session.ws_connect(f"http://127.0.0.1:{self.target}/", heartbeat=BEAT,
                                              max_msg_size=MOST) as far:
                    ways = [asyncio.create_task(self._pass("c>s", near, far)),
                            asyncio.create_task(self._pass("s>c", far, near))]
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                    for way in ways:
                        way.cancel()
                    self._blame("dim-station", far.exception())
        except Exception as error:  # the upgrade was not what aiohttp asked for
            self._blame("dim-station", error)
        self._blame("purple-dim", near.exception())
        self.ends.append(near.close_code)
        await near.close()
        return near

    async def _pass(self, way: str, source, sink) -> None:
        from aiohttp import WSMsgType
        async for message in source:
            if message.type != WSMsgType.TEXT:
                self.faults.append(f"{way}: a frame of type {message.type!r}")
                return
            self.texts[way] += 1
            self.acks += message.data.startswith("ACK:")
            await sink.send_str(message.data)

    def _blame(self, whom: str, error) -> None:
        if error is not None and not isinstance(error, ConnectionError):  # that is only a hung up line
            self.faults.append(f"{whom}: {error!r}")

    async def _end(self) -> None:
        await self._runner.cleanup()


def arguments(parser) -> None:
    for name in ("--headless", "--plugin-dir", "--station"):
        parser.add_argument(name, required=True)


def through_the_official_station(stage, args) -> None:
    from parties import Official, Ours
    _, ready = stage.official_station()
    anna = Ours(stage, "anna", ready["port"], args, transport="websocket")
    ben = Ours(stage, "ben", ready["port"], args)
    otto = Official(stage, "otto", ready["port"])
    both_ways(anna, otto)
    both_ways(ben, anna)
    no_complaints([anna, ben, otto])


def through_ours(stage, args) -> None:
    from parties import Official, Ours, wait_until
    from redis_server import free_port
    from ws_bridge import Bridge
    port = free_port()
    stage.own_station(args.station, port)
    judge, bridge = Between(port), Bridge(port)
    try:
        carla = Ours(stage, "carla", judge.port, args, transport="websocket")
        oskar = Official(stage, "oskar", bridge.port)
        both_ways(carla, oskar)
        time.sleep(4 * BEAT)
        no_complaints([carla, oskar])
        carla.leave()
        assert wait_until(lambda: len(judge.ends) > 1 and set(judge.ends) == {1000}), judge.ends
        assert not judge.faults, judge.faults
        assert judge.texts["c>s"] > 10 and judge.texts["s>c"] > 10 and judge.acks > 5, judge.texts
        assert not bridge.faults, bridge.faults
        assert min(bridge.frames[name] for name in ("c>s", "s>c", "ACK")) > 10, bridge.frames
        print(f"  aiohttp: {bridge.frames} of the official client", flush=True)
        print(f"  aiohttp: {judge.texts} payloads, {judge.acks} acknowledgements, nothing wrong", flush=True)
    finally:
        bridge.close()
        judge.close()


def test(stage, args) -> None:
    through_the_official_station(stage, args)
    through_ours(stage, args)
    print("ok: WebSocket")


if __name__ == "__main__":
    sys.exit(open_bench(__doc__, test, arguments))
