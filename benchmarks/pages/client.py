"""A small load client, a process of its own: many connections ask for pages one after the other.

It reads what to ask, as JSON, on standard input and writes what came of it on standard output.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle

CONNECTIONS = 8
# Whoever reads more pages comes back by another connection, and may meet the other worker.
REQUESTS_PER_CONNECTION = 20
LENGTH = b"\r\ncontent-length:"


class Load:
    """Requests for pages in turn, until so many are answered or so many seconds are over."""

    def __init__(self, port, requests, count=None, seconds=None):
        self.port = port
        self.requests = cycle(request.encode() for request in requests)
        self.left = count or sys.maxsize
        self.seconds = seconds or 3600
        self.times = []
        self.statuses = Counter()

    async def run(self):
        start = time.perf_counter()
        self.deadline = start + self.seconds
        await asyncio.gather(*(self.read() for _connection in range(CONNECTIONS)))
        total = time.perf_counter() - start
        self.times.sort()
        return {
            "requests": len(self.times),
            "rps": len(self.times) / total,
            "p99_ms": self.times[int(len(self.times) * 0.99)] * 1000,
            "statuses": self.statuses,
        }

    def is_wanted(self):
        return self.left > 0 and time.perf_counter() < self.deadline

    async def read(self):
        while self.is_wanted():
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for _turn in range(REQUESTS_PER_CONNECTION):
                if not self.is_wanted():
                    break
                self.left -= 1
                start = time.perf_counter()
                writer.write(next(self.requests))
                self.statuses[await self.answer(reader)] += 1
                self.times.append(time.perf_counter() - start)
            writer.close()

    async def answer(self, reader):
        """Read one answer to its end and return its status."""
        head = await reader.readuntil(b"\r\n\r\n")
        _before, found, after = head.lower().partition(LENGTH)
        if found:
            await reader.readexactly(int(after.partition(b"\r\n")[0]))
        return head[9:12].decode()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Load(**json.load(sys.stdin)).run())))
