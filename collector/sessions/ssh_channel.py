"""A shell channel that cannot run away: every read has a deadline and a size, and a closed channel is noticed.

It stands in for netmiko's own channel, so that whatever netmiko reads while it logs in is bounded too.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from netmiko.channel import SSHChannel

from collector.sessions.contract import Deadline, timed_out, unreachable

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)|[@-Z\\-_]|[()][A-Z0-9])")
_BACKSPACED = re.compile(r"[^\x08\n]\x08")


def clean(text: str) -> str:
    """Text as it would stand on the screen: no escape sequences, no overtyped characters, plain line ends."""
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    if "\x08" in text:
        for _ in range(256):  # one pass takes one layer away
            text, found = _BACKSPACED.subn("", text)
            if not found:
                break
        text = text.replace("\x08", "")
    return text.replace("\r", "").replace("\x00", "")


class BoundedChannel(SSHChannel):
    """Reads and writes one shell. Invalid UTF-8 becomes U+FFFD."""

    def __init__(self, conn: Any, deadline: Deadline, limit: int) -> None:
        super().__init__(conn, "utf-8")
        self._shell = conn
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._deadline = deadline
        self._limit = limit
        self._taken = 0

    def fresh(self) -> None:
        """Count the size of the next reply from 0."""
        self._taken = 0

    def read_buffer(self) -> str:
        """What has arrived, without waiting."""
        return self.read_some(0.0)

    def read_channel(self) -> str:
        """What has arrived, without waiting and without running after an endless stream."""
        return self.read_some(0.0)

    def read_some(self, wait: float) -> str:
        """What arrives within ``wait`` seconds; empty where nothing does. Raises SessionError when there can't be more."""
        if self._deadline.over():
            raise timed_out("the deadline is over")
        wait = min(wait, self._deadline.left())
        if not wait and not self._shell.recv_ready():
            if self._shell.closed or self._shell.eof_received:
                raise unreachable("the device closed the connection")
            return ""
        self._shell.settimeout(max(wait, 0.001))
        try:
            data = self._shell.recv(65536)
        except TimeoutError:
            return ""
        if not data:
            if self._deadline.over():
                raise timed_out("the deadline is over")
            raise unreachable("the device closed the connection")
        self._taken += len(data)
        if self._taken > self._limit:
            raise timed_out(f"the output does not end: cut after {self._taken} bytes")
        text: str = self._decode(data)
        return text
