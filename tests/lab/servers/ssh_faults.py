"""Ways in which a switch's SSH can be broken, below SSH and inside a reply."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from typing import TYPE_CHECKING

from tests.lab.model import Place

if TYPE_CHECKING:
    from tests.lab.servers.ssh_shell import Shell

#: Faults that show before SSH begins.
RAW = ("close_at_banner", "no_banner", "reset")

_DRIP = 40
_DRIP_S = 0.5


async def raw_server(fault: str, place: Place) -> asyncio.Server:
    """A listener that never speaks SSH: it closes at once, stays silent, or resets the connection."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if fault == "close_at_banner":
            writer.write(b"\r\nToo many sessions, try again later\r\n")
        elif fault == "reset":
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            await reader.read()
        writer.close()

    return await asyncio.start_server(accept, place.address, place.port, reuse_address=True)


def broken_reply(shell: Shell, fault: str, text: str) -> bool:
    """Sends the reply in its broken form; False where nothing is broken about it."""
    half = text[: len(text) // 2]
    if fault == "truncated":
        shell.write(half)
        shell.close()
    elif fault == "stall":
        shell.write(half)
    elif fault == "garbage":
        noise = random.Random(len(text))  # the same noise each time
        shell.write_bytes(bytes(noise.randrange(1, 256) for _ in range(min(4000, 200 + len(text)))))
        shell.write("\n")
        shell._prompt()
    elif fault == "invalid_utf8":
        broken = text.encode().replace(b"i", b"\xff", 3).replace(b"e", b"\xc3\x28", 3)
        shell.write_bytes(broken.replace(b"\n", b"\r\n") + b"\r\n")
        shell._prompt()
    elif fault == "endless":
        _start(shell, _endless(shell))
    elif fault == "slow":
        _start(shell, _drip(shell, text + "\n"))
    else:
        return False
    return True


def wrong_prompt(text: str, count: int) -> str:
    """A prompt that is another one after each reply."""
    return f"{text.rstrip('># ')}-{count}{text[len(text.rstrip('># ')) :]}" if count > 2 else text


_running: set[asyncio.Task[None]] = set()


def _start(shell: Shell, work: object) -> None:
    task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _endless(shell: Shell) -> None:
    line = 0
    while not shell._chan.is_closing():
        # a block, then a breath: other devices of this process want to be heard as well
        shell.write("".join(f"line {line + i}: still more of the same\n" for i in range(200)))
        line += 200
        await asyncio.sleep(0.01)


async def _drip(shell: Shell, text: str) -> None:
    for start in range(0, len(text), _DRIP):
        if shell._chan.is_closing():
            return
        shell.write(text[start : start + _DRIP])
        await asyncio.sleep(_DRIP_S)
    shell._prompt()
