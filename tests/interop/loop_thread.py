"""An asyncio server of a test: a loop in a thread of its own, from the first line of the test to close().

SPDX-License-Identifier: GPL-2.0-or-later
"""

import asyncio
import threading

PATIENCE = 30  # seconds


class LoopThread:
    """A subclass opens its server in _open(), closes it in _end(), and calls this constructor last."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        assert self._ready.wait(PATIENCE), f"{type(self).__name__} does not start"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._ready.set()
        self._loop.run_forever()

    async def _open(self) -> None:
        raise NotImplementedError

    async def _end(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
