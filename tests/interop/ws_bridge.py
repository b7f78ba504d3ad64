"""The WebSocket that the official Python client does not have: its MTP packets go into a station's WebSocket door and back.

SPDX-License-Identifier: GPL-2.0-or-later

It frames as the network's browser client does: one JSON each in a binary frame, `PING` in words, and an acknowledgement
`ACK:{"time":…,"signature":…}` for each message that the client has acknowledged. aiohttp is strict about what comes back.
"""

import asyncio
import json
import struct

from loop_thread import LoopThread
from tap import MtpSplitter, messages_of

COMMAND, RESPONSE, MESSAGE, RECEIVED = 0, 1, 2, 3
MOST = 4 << 20


def packet(kind: int, sn: bytes, body: bytes) -> bytes:
    return b"DIM" + bytes([(4 << 4) | kind]) + sn + struct.pack(">I", len(body)) + body


class Bridge(LoopThread):
    """.frames counts what went through ("c>s", "s>c"), .faults holds everything that was wrong."""

    def __init__(self, target: int):
        self.target = target
        self.port = None
        self.frames = {"c>s": 0, "s>c": 0, "ACK": 0, "PONG": 0}
        self.faults = []
        self._sn = 0
        self._server = None
        super().__init__()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer) -> None:
        from aiohttp import ClientSession
        try:
            async with ClientSession() as session:
                async with session.ws_connect(f"http://127.0.0.1:{self.target}/", max_msg_size=MOST) as door:
                    unread = {}
                    ways = [asyncio.create_task(self._up(reader, writer, door, unread)),
                            asyncio.create_task(self._down(door, writer, unread))]
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                    for way in ways:
                        way.cancel()
                    for way in await asyncio.gather(*ways, return_exceptions=True):
                        if isinstance(way, Exception) and not isinstance(way, ConnectionError):
                            self.faults.append(repr(way))
        except asyncio.CancelledError:
            pass  # the test is over
        except Exception as error:  # the upgrade was not what aiohttp asked for
            self.faults.append(repr(error))
        finally:
            writer.close()

    async def _up(self, reader, writer, door, unread) -> None:
        splitter = MtpSplitter()
        while data := await reader.read(65536):
            for item in splitter.feed(data):
                assert item[0] == "mtp", f"no packet: {item[1][:40]!r}"
                await self._packet(item[2:], writer, door, unread)

    async def _packet(self, parts, writer, door, unread) -> None:
        kind, sn, body = parts
        if kind == COMMAND and body == b"PING":
            writer.write(packet(RESPONSE, sn, b"PONG"))
            await door.send_str("PING")
        elif kind == MESSAGE:
            writer.write(packet(RECEIVED, sn, b"OK"))
            for message in messages_of(body):
                self.frames["c>s"] += 1
                await door.send_bytes(json.dumps(message).encode())
        elif kind == RECEIVED:
            for message in unread.pop(sn, []):
                self.frames["ACK"] += 1
                await door.send_str("ACK:" + json.dumps({"time": message["time"], "signature": message["signature"]}))

    async def _down(self, door, writer, unread) -> None:
        from aiohttp import WSMsgType
        async for frame in door:
            assert frame.type == WSMsgType.TEXT, f"a frame of type {frame.type!r}"  # a browser loses binary ones
            if frame.data == "PONG":
                self.frames["PONG"] += 1
                continue
            messages = messages_of(frame.data.encode())
            assert messages, f"no message: {frame.data[:80]}"
            self.frames["s>c"] += 1
            self._sn += 1
            sn = struct.pack(">Q", self._sn)
            unread[sn] = messages
            writer.write(packet(MESSAGE, sn, frame.data.encode()))

    async def _end(self) -> None:
        self._server.close()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
