"""A switch's shell on one SSH channel: echo, prompt, paging, enable, and the ways in which it can be broken."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime

import asyncssh

from tests.lab.cli.answer import MANNERS, answer, prompt
from tests.lab.model import Switch
from tests.lab.servers.common import Live
from tests.lab.servers.ssh_faults import broken_reply, wrong_prompt

_PAGE = 23


class Shell(asyncssh.SSHServerSession[bytes]):
    """Takes lines, answers them one after the other."""

    def __init__(self, live: Live, name: str, latency_s: float) -> None:
        self._live = live
        self._name = name
        self._latency = latency_s
        self._typed = ""
        self._lines: deque[str] = deque()
        self._rest: list[str] = []  # what the pager still holds
        self._asks = ""  # "enable" while a password is awaited
        self._tries = 0
        self._privileged = not MANNERS[self._switch.platform].enable
        self._paging = True
        self._busy = False
        self._prompts = 0

    @property
    def _switch(self) -> Switch:
        return self._live.hospital.switch(self._name)

    @property
    def _fault(self) -> str:
        return self._switch.faults.get("ssh", "")

    # -- the channel

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._chan = chan

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        return False

    def session_started(self) -> None:
        switch = self._switch
        banner = switch.banner if switch.platform != "aruba_aoscx" else ""
        self.write(f"\n{banner}\n\n" if banner else "\n")
        self._prompt()

    def eof_received(self) -> bool:
        return False

    def data_received(self, data: bytes, datatype: object) -> None:
        for char in data.decode("utf-8", "replace"):
            if self._rest:
                self._turn_page(char)
            elif char in "\r\n":
                if char == "\n" and self._typed == "\r":  # the second half of CR LF
                    self._typed = ""
                    continue
                self._lines.append(self._typed.replace("\r", ""))
                self._typed = "\r" if char == "\r" else ""
            elif char in "\x08\x7f":
                self._typed = self._typed[:-1]
            else:
                self._typed = self._typed.replace("\r", "") + char
        self._next()

    def write(self, text: str) -> None:
        self.write_bytes(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    def write_bytes(self, data: bytes) -> None:
        if not self._chan.is_closing():
            self._chan.write(data)

    def close(self) -> None:
        self._chan.exit(0)

    # -- lines

    def _next(self) -> None:
        if self._busy or not self._lines or self._rest:
            return
        line = self._lines.popleft()
        if self._latency and line:
            self._busy = True
            asyncio.get_running_loop().call_later(self._latency, self._go_on, line)
        else:
            self._take(line)
            self._next()

    def _go_on(self, line: str) -> None:
        self._busy = False
        if not self._chan.is_closing():
            self._take(line)
            self._next()

    def _take(self, line: str) -> None:
        if self._asks:
            self._password(line)
            return
        self.write(line + "\n")
        words = " ".join(line.split())
        switch, manners = self._switch, MANNERS[self._switch.platform]
        if not words:
            self._prompt()
        elif words in ("exit", "quit", "logout", "end"):
            self.close()
        elif words in ("enable", "en") and not self._privileged:
            self._asks, self._tries = "enable", 0
            self.write("Password: ")
        elif words in ("enable", "disable"):
            self._privileged = words == "enable" or not manners.enable
            self._prompt()
        elif words in manners.paging_off:
            self._paging = False
            self._say(answer(switch, words, datetime.now(UTC), self._privileged))
        else:
            self._command(switch, words)

    def _password(self, line: str) -> None:
        self.write("\n")
        self._tries += 1
        if line == self._live.hospital.logins.enable:
            self._asks, self._privileged = "", True
        elif self._tries < 3:
            self.write("Password: ")
            return
        else:
            self._asks = ""
            self.write("% Access denied\n")
        self._prompt()

    def _command(self, switch: Switch, words: str) -> None:
        if self._fault == "denied":
            self._say(MANNERS[switch.platform].denied)
            return
        text = answer(switch, words, datetime.now(UTC), self._privileged)
        if not broken_reply(self, self._fault, text):
            self._say(text)

    def _say(self, text: str) -> None:
        rows = text.split("\n") if text else []
        if self._paging and len(rows) > _PAGE:
            self._rest = rows
            self._show(_PAGE)
            return
        if rows:
            self.write(text + "\n")
        self._prompt()

    # -- the pager

    def _show(self, count: int) -> None:
        page, self._rest = self._rest[:count], self._rest[count:]
        self.write("\n".join(page) + "\n")
        if self._rest:
            self.write(MANNERS[self._switch.platform].more)
        else:
            self._prompt()

    def _turn_page(self, char: str) -> None:
        width = len(MANNERS[self._switch.platform].more)
        self.write_bytes(b"\x08" * width + b" " * width + b"\x08" * width)
        if char in "qQ\x03":
            self._rest = []
            self._prompt()
        else:
            self._show(_PAGE if char == " " else 1)

    def _prompt(self) -> None:
        self._prompts += 1
        text = prompt(self._switch, self._privileged)
        if self._fault == "wrong_prompt":
            text = wrong_prompt(text, self._prompts)
        self.write(text)
