# SPDX-License-Identifier: Apache-2.0
"""A TCP balancer: connections in turn to whoever takes them."""
import asyncio
import itertools
import threading


class Balancer:
    """In a thread of its own; @gateways may end and come back."""

    def __init__(self, gateways):
        self.gateways = gateways
        self.turn = itertools.count()
        self.port, self.taken = 0, [0] * len(gateways)
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,))
        self.thread.start()
        ready.wait()

    def _run(self, ready):
        server = self.loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.loop.close()

    async def _reach(self):
        """The next one that is there."""
        first = next(self.turn)
        for i in range(len(self.gateways)):
            at = (first + i) % len(self.gateways)
            try:
                ends = await asyncio.open_connection(
                    "127.0.0.1", self.gateways[at].port)
            except OSError:
                continue
            # The loop's own: no lock.
            self.taken[at] += 1
            return ends
        return None, None

    async def _pipe(self, reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _serve(self, reader, writer):
        back = None
        try:
            there, back = await self._reach()
            if there:
                await asyncio.gather(self._pipe(reader, back),
                                     self._pipe(there, writer))
        except asyncio.CancelledError:
            pass
        for end in (writer, back):
            if end:
                end.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
