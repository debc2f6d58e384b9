"""Requests at a fixed rate, whatever becomes of those before: each is sent at its time, and its latency counts from that time, so that a
server that falls behind is not asked less (no coordinated omission)."""
import asyncio
import dataclasses
import time
import urllib.parse


@dataclasses.dataclass
class Kind:
    """One kind of request: `message(n)` gives (method, path, body) of the n-th."""
    name: str
    per_second: float
    message: callable
    headers: callable = lambda number: ()  # of the n-th
    answers: list = dataclasses.field(default_factory=list)  # (status, seconds, retry_after)

    def seconds(self, wanted=lambda status: status < 300):
        return sorted(seconds for status, seconds, _ in self.answers if wanted(status))


def quantile(seconds, share):
    return seconds[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else float('inf')


class Connections:
    """Kept open and used again; as many as are needed at once."""

    def __init__(self, url, most=2000):
        self.host, self.port = urllib.parse.urlsplit(url).hostname, urllib.parse.urlsplit(url).port
        self.idle, self.permits = [], asyncio.Semaphore(most)

    async def ask(self, method, path, body, headers):
        async with self.permits:
            reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
            lines = [f'{method} {path} HTTP/1.1', 'Host: localhost', f'Content-Length: {len(body)}', *headers]
            if body:
                lines.append('Content-Type: application/json')
            writer.write('\r\n'.join(lines).encode() + b'\r\n\r\n' + body)
            head = (await reader.readuntil(b'\r\n\r\n')).decode().lower().split('\r\n')
            fields = dict(line.split(': ', 1) for line in head[1:] if line)
            await reader.readexactly(int(fields.get('content-length', 0)))
            self.idle.append((reader, writer))
            return int(head[0].split()[1]), fields.get('retry-after')


async def _drive(connections, kind, begin, seconds):
    async def one(number, due):
        method, path, body = kind.message(number)
        try:
            status, retry_after = await asyncio.wait_for(connections.ask(method, path, body, kind.headers(number)), 60)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            status, retry_after = 599, None
        kind.answers.append((status, time.monotonic() - due, retry_after))

    under_way = []
    for number in range(int(kind.per_second * seconds)):
        due = begin + number / kind.per_second
        await asyncio.sleep(max(0, due - time.monotonic()))
        under_way.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*under_way)


def run(url, kinds, seconds):
    """Sends all kinds beside each other for so many seconds; their answers are in `kinds` afterwards."""
    async def all_of_them():
        connections, begin = Connections(url), time.monotonic() + 0.2
        await asyncio.gather(*(_drive(connections, kind, begin, seconds) for kind in kinds))
    asyncio.run(all_of_them())
