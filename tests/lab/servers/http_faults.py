"""Replies that go wrong, each in its own way. Logins still work, so that the fault meets the reading.

``error_500`` fails inside; ``garbage`` is no JSON; ``truncated`` stops before its announced length; ``endless`` never ends; ``slow``
drips an octet at a time; ``stall`` sends its head and then nothing; ``endless_pages`` is the API's own (http_veeam).
"""

from __future__ import annotations

import asyncio
import random

from tests.lab.servers.http_wire import Response

DRIP_S = 0.25


async def send(writer: asyncio.StreamWriter, response: Response, fault: str) -> bool:
    """Sends a reply as the fault has it; true where the connection can go on."""
    if fault == "error_500":
        response = Response(500, b"<html><body><h1>Internal Server Error</h1></body></html>", "text/html")
    elif fault == "garbage":
        response = Response(200, b'{"data": [\xff\xfe' + random.Random(7).randbytes(300), response.kind)
    body = response.body
    if fault == "endless":
        writer.write(response.head(None) + b'{"data":[')
        while True:
            writer.write(b'{"filler":"' + b"x" * 4000 + b'"},')
            await writer.drain()
            await asyncio.sleep(0.01)
    if fault in ("slow", "stall"):
        writer.write(response.head(len(body)))
        await writer.drain()
        if fault == "stall":
            await asyncio.sleep(3600)
        for octet in body:
            writer.write(bytes((octet,)))
            await writer.drain()
            await asyncio.sleep(DRIP_S)
        return True
    whole = response.head(len(body)) + body
    if fault == "truncated":
        writer.write(response.head(len(body)) + body[: len(body) // 2])
        await writer.drain()
        return False
    writer.write(whole)
    await writer.drain()
    return True
