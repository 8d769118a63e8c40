"""Whether an SNMPv3 agent is there: engine discovery (RFC 3414, section 4), which carries no user and no secret.

Asked before a credential's turn is taken, so that a target that is off holds up nobody's login.
"""

from __future__ import annotations

import asyncio
from typing import Any

from collector.sessions.contract import plain, unreachable

#: Version 3, reportable, no authentication, USM with everything empty, and a GET of nothing.
_DISCOVERY = bytes.fromhex(
    "303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400"
    "301204000400a00c020237f00201000201003000"
)


class _Heard(asyncio.DatagramProtocol):
    def __init__(self, answer: asyncio.Future[bool]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, address: Any) -> None:
        if data[:1] == b"\x30" and not self._answer.done():
            self._answer.set_result(True)

    def error_received(self, error: Exception) -> None:
        """The host says that nothing listens there."""
        if not self._answer.done():
            self._answer.set_result(False)


async def agent_is_there(host: str, port: int, timeout_s: float, tries: int) -> bool:
    """True when anything that looks like SNMP came back. Raises SessionError for a name that does not resolve."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bool] = loop.create_future()
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: _Heard(answer), remote_addr=(host, port))
    except OSError as error:
        raise unreachable(f"{host}: {plain(str(error))}") from None
    try:
        for _ in range(tries):
            transport.sendto(_DISCOVERY)
            done, _ = await asyncio.wait({answer}, timeout=timeout_s)
            if done:
                return answer.result()
        return False
    finally:
        transport.close()
