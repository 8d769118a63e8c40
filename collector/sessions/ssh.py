"""SSH: netmiko logs in, commands are asked one by one, and a reply ends at the exact prompt.

A reply is what stands between the command's own echo and the next prompt, so that a stray prompt or a late
line of an earlier reply is never taken for an answer. An empty reply is none.

``[session]`` of a probe: ``netmiko`` (device type), ``paging_off`` (lines sent after login), ``enable`` (bool),
``prompt`` (regular expression of a prompt's line), ``echo`` (false where the platform does not echo), ``pager``
(regular expression of what a pager shows that only a change of the configuration could switch off: its pages are turned by a blank),
``failure`` (``unsupported`` and ``denied``: regular expressions of refusals), ``read_timeout_s`` (longest silence).
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import paramiko as _paramiko
from netmiko.ssh_dispatcher import CLASS_MAPPER

from collector.errors import GuardError, SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import guard
from collector.sessions.contract import Opening, denied, plain, timed_out, unreachable
from collector.sessions.known_hosts import host_keys
from collector.sessions.ssh_channel import BoundedChannel, clean
from collector.sessions.watchdog import watch

paramiko: Any = _paramiko  # it has no types
logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # what it says ends up in outcomes
logging.getLogger("netmiko").setLevel(logging.CRITICAL)

_PROMPT = r"[\w(<\[][^\n]{0,200}[>#$%\]]"
_MORE = re.compile(r"(?i)(?:--+ ?\(?more\b|\(more\)|<---? ?more|press any key|q to quit).{0,60}$")
_SETTLE_S = 0.05
_QUIET_S = 2.0
_LIMIT = 64 * 2**20


class SshSession:
    """One logged-in shell."""

    def __init__(self, opening: Opening) -> None:
        self._deadline = opening.deadline()
        self._prompt = ""
        self._greeting = ""
        self._broken: SessionError | None = None
        self._netmiko: Any = None
        self._socket: socket.socket | None = None
        self._take_up(opening)
        self._watch = watch(self._deadline, self._kill)
        try:
            self._open()
        except SessionError as error:
            self.close()
            raise self._in_time(error) from None
        except BaseException:
            self.close()
            raise

    def _take_up(self, opening: Opening) -> None:
        """The manners of the opening's probe."""
        for line in _settings(opening.probe):
            guard.check_setting(opening.probe, line)
        self._opening = opening
        self._session = opening.probe.session
        self._silence = float(self._session.get("read_timeout_s", 30))
        self._like_prompt = re.compile(str(self._session.get("prompt") or _PROMPT))
        pager = self._session.get("pager")
        self._pager = re.compile(rf"(?:{pager})(?:[ \b]*\r(?!\n))*[ \b]*") if pager else None
        self._echo = bool(self._session.get("echo", True))
        self._failures = _failures(opening)

    @property
    def prompt(self) -> str:
        return self._prompt

    @property
    def greeting(self) -> str:
        """The server's identification, its banner, and what the shell said before its first prompt."""
        return self._greeting

    def become(self, probe: ProbeDef) -> None:
        """Go on by another probe's manners in the same login. Raises SessionError as opening does."""
        self._take_up(replace(self._opening, probe=probe))
        self._netmiko.__class__ = _driver(str(self._session.get("netmiko", "generic")))
        try:
            self._prepare(self._prompt)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._in_time(unreachable(f"the connection was lost: {plain(str(error))}")) from None

    def peek(self, command: str) -> tuple[str, bool]:
        """A reply's first page, and whether that is all of it: for a shell whose pager nobody has switched off.

        Raises SessionError for a shell that no longer answers, GuardError for what is not on the allow-list.
        """
        guard.check_command(self._opening.probe, command)
        if self._broken:
            raise self._broken
        try:
            return self._first_page(command)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise self._in_time(unreachable(f"the connection was lost: {plain(str(error))}")) from None

    def _first_page(self, command: str) -> tuple[str, bool]:
        self._channel.fresh()
        self._write(command)
        text, page = "", ""
        while True:
            chunk = self._channel.read_some(self._silence)
            text += chunk
            shown = clean(text).rstrip(" ")
            start = _after_echo(shown, command)
            if not chunk or (start < 0 and len(shown) > 65536):
                self._broken = self._silent(start, text)
                raise self._broken
            if start < 0 or self._netmiko.remote_conn.recv_ready():
                continue
            if shown.endswith(("\n" + self._prompt, self._prompt if page else "\n" + self._prompt)):
                return (page, False) if page else (shown[start : -len(self._prompt)].lstrip("\n"), True)
            if not page and _MORE.search(shown[-100:].rpartition("\n")[2]):
                page = shown[start:].rpartition("\n")[0] + "\n"
                self._channel.write_channel("q")  # which ends every pager

    def fetch(self, request: RequestDef) -> list[Capture]:
        captures = []
        for page, command in enumerate(request.send):
            at = self._opening.now()
            try:
                guard.check_command(self._opening.probe, command)
                body = self._reply(command)
                captures.append(self._opening.capture(request, body, page=page, what=command, at=at))
            except SessionError as error:
                captures.append(self._opening.failed(request, self._in_time(error), page=page, what=command))
            except GuardError as error:
                captures.append(
                    self._opening.capture(
                        request, None, Outcome.NOT_COLLECTED, str(error), page=page, what=command, at=at
                    )
                )
        return captures

    def close(self) -> None:
        self._watch.done()
        self._kill()
        if self._netmiko is not None:
            with contextlib.suppress(Exception):
                self._netmiko.disconnect()

    # Opening

    def _open(self) -> None:
        credential = self._opening.credential
        if credential is None:
            raise denied("no credential for SSH", "name one in the target's [ssh] settings")
        address, port = self._opening.target.address, self._opening.endpoint.port
        keys = _trusted(self._opening)
        self._connect(address, port)
        asked = time.monotonic()
        with self._opening.turn():
            waited = time.monotonic() - asked
            self._deadline.extend(waited)
            self._watch.done()
            self._watch = watch(self._deadline, self._kill)
            if waited > 5:  # the server may have hung up on a login that long in coming
                self._connect(address, port)
            self._log_in(keys)
            channel = BoundedChannel(self._netmiko.remote_conn, self._deadline, _LIMIT)
            self._channel = channel
            self._netmiko.channel = channel
            self._prepare()

    def _connect(self, address: str, port: int) -> None:
        self._kill()
        wait = self._deadline.wait_less(self._opening.endpoint.connect_timeout_s)
        try:
            self._socket = socket.create_connection((address, port), timeout=wait)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise unreachable(f"no connection to {self._opening.where}: {plain(str(error))}") from None

    def _log_in(self, keys: list[Any] | None) -> None:
        opening = self._opening
        wait = self._deadline.wait_less(max(opening.endpoint.connect_timeout_s, 10.0))
        key = _private_key(opening.secret("private_key"), opening.secret("password"))
        connection = _driver(str(self._session.get("netmiko", "generic")))
        self._netmiko = connection(
            host=opening.target.address,
            port=opening.endpoint.port,
            username=opening.account,
            password=None if key else opening.secret("password"),
            pkey=key,
            secret=opening.secret("enable"),
            device_type=str(self._session.get("netmiko", "generic")),
            sock=self._socket,
            conn_timeout=wait,
            banner_timeout=wait,
            auth_timeout=wait,
            auto_connect=False,
        )
        self._netmiko.trusted = keys
        try:
            self._netmiko._modify_connection_params()
            self._netmiko.establish_connection(width=511, height=1000)
        except SessionError:
            raise
        except Exception as error:  # noqa: BLE001 - a library's failure to log in is an outcome
            raise _refusal(opening, error.__context__ or error) from None

    def _prepare(self, prompt: str = "") -> None:
        """Find the prompt, reach the privileged mode, and switch paging off by the probe's own lines."""
        lines = _settings(self._opening.probe)
        if not lines and self._session.get("netmiko"):  # a platform whose screen only netmiko knows to set up
            with _as_session_error():
                self._netmiko.session_preparation()
                self._netmiko.clear_buffer()
        self._prompt = self._find_prompt(prompt)
        if self._session.get("enable") and self._prompt.endswith(">"):
            self._enable()
        for line in lines:
            self._ask(line)

    def _find_prompt(self, guess: str = "") -> str:
        """The line that comes back on an empty command, twice the same. ``guess`` is what it seems to be already."""
        end = time.monotonic() + self._deadline.wait_less(self._silence)
        candidate, text, asked, self._prompt = guess, "", 0, ""
        first = not self._greeting
        while time.monotonic() < end:
            chunk = self._channel.read_some(_SETTLE_S if candidate else _QUIET_S)
            if chunk:
                text = (text + chunk)[-8192:]
                self._greeting += chunk if first and not asked else ""
                last = clean(text).rpartition("\n")[2].strip()
                candidate = last if self._like_prompt.fullmatch(last) else ""
                if candidate and asked and candidate == self._prompt:
                    return candidate
                continue
            if first and not asked:
                self._greeting = "\n".join((*_introduction(self._netmiko), clean(self._greeting)))[-8192:]
            self._prompt, candidate, text = candidate, "", ""
            asked += 1
            self._write("")
        said = plain(clean(text))[-120:]
        raise timed_out("no prompt came after the login" + (f"; the last it said was {said!r}" if said else ""))

    def _enable(self) -> None:
        """Reach the privileged mode; a refused password is a refused login."""
        low = self._prompt
        self._write("enable")
        said = self._until(lambda text: "assword" in text[-40:] or text.endswith(("#", "\n" + low)))
        if "assword" in said[-40:]:
            secret = self._opening.secret("enable")
            if not secret:
                raise denied("the device asks for an enable password", "add `enable` to the credential")
            self._write(secret)
            said = self._until(lambda text: text.endswith(("#", low, "assword:")))
        if not said.endswith("#"):
            raise denied("the enable password was refused")
        self._prompt = self._find_prompt(said.rpartition("\n")[2].strip())

    def _until(self, done: Callable[[str], bool]) -> str:
        """Cleaned text up to where ``done`` says so and nothing more is on its way."""
        text, end = "", time.monotonic() + self._silence
        while time.monotonic() < end:
            ready = done(clean(text).rstrip())
            chunk = self._channel.read_some(_SETTLE_S if ready else 1.0)
            text += chunk
            if ready and not chunk:
                return clean(text).rstrip()
        raise timed_out("the device stopped answering at the enable password")

    # Asking

    def _reply(self, command: str) -> bytes:
        if self._broken:
            raise SessionError(self._broken.outcome, f"not asked: {self._broken.message}")
        try:
            text = self._ask(command)
        except SessionError as error:
            self._recover(command, error)
            raise
        except (OSError, EOFError, paramiko.SSHException) as error:
            lost = unreachable(f"the connection was lost: {plain(str(error)) or type(error).__name__}")
            self._broken = SessionError(lost.outcome, f"the session ended at `{command}`")
            raise lost from None
        if not text.strip():
            raise SessionError(Outcome.UNPARSED, "the reply is empty, which is no answer")
        for outcome, pattern in self._failures:
            found = pattern.search(text[:800])
            if found:
                raise SessionError(outcome, plain(_line_of(text, found.start())))
        return text.encode()

    def _recover(self, command: str, error: SessionError) -> None:
        """After a silence one empty command tells whether the shell still lives; else nothing more is asked."""
        self._broken = SessionError(error.outcome, f"the session ended at `{command}`")
        if error.outcome != Outcome.TIMED_OUT or self._deadline.over() or "does not end" in error.message:
            return
        with contextlib.suppress(SessionError, OSError, EOFError, paramiko.SSHException):
            self._write("")
            text, end = "", time.monotonic() + 3
            while time.monotonic() < end:
                text = (text + self._channel.read_some(0.5))[-4096:]
                if clean(text).rstrip().endswith("\n" + self._prompt):
                    self._broken = None
                    return

    def _ask(self, command: str) -> str:
        """The text between a command's echo and the prompt after it."""
        self._channel.fresh()
        self._write(command)
        chunks: list[str] = []
        head, tail, start = "", "", -1 if self._echo else 0
        prompt = "\n" + self._prompt
        while True:
            chunk = self._channel.read_some(self._silence)
            if not chunk:
                raise self._silent(start, tail)
            chunks.append(chunk)
            tail = (tail + chunk)[-512:]
            if start < 0:
                head = clean("".join(chunks))
                start = _after_echo(head, command)
                if start < 0 and len(head) > 65536:
                    raise timed_out("the device did not echo the command")
            if start >= 0:
                end = clean(tail).rstrip(" ")
                if (end.endswith(prompt) or end == self._prompt) and not self._netmiko.remote_conn.recv_ready():
                    text = clean(self._unpaged("".join(chunks))).rstrip(" ")
                    body = text[_after_echo(text, command) if self._echo else 0 :]
                    if body == self._prompt or body.endswith(prompt):
                        return body[: -len(self._prompt)].lstrip("\n") if body != self._prompt else ""
                elif self._pager and self._pager.fullmatch(end.rpartition("\n")[2].strip()):
                    self._channel.write_channel(" ")
                    tail = ""
                elif _MORE.search(end[-100:].rpartition("\n")[2]):
                    raise SessionError(Outcome.UNPARSED, "the device pages its output; paging_off did not stop it")

    def _unpaged(self, text: str) -> str:
        """The text without what a pager showed and wiped out again."""
        return self._pager.sub("", text) if self._pager else text

    def _silent(self, start: int, tail: str) -> SessionError:
        last = plain(clean(tail).rstrip().rpartition("\n")[2])[-80:]
        what = "nothing came back" if start < 0 else "the reply stopped before its end"
        return timed_out(
            f"{what}: no prompt {self._prompt!r} for {self._silence:g} s" + (f", last {last!r}" if last else "")
        )

    def _write(self, line: str) -> None:
        self._channel.write_channel(line + self._netmiko.RETURN)

    # Ending

    def _kill(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                self._socket.close()

    def _in_time(self, error: SessionError) -> SessionError:
        """What fails because the deadline closed the socket has timed out, whatever the library called it."""
        if self._deadline.over() and error.outcome == Outcome.UNREACHABLE:
            return timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
        return error


class _Trusting(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Used when the operator has switched verification off for a target."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None: ...


class _Strict(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """An unknown key ends the connection, before any secret is sent."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        raise unreachable(
            f"the device's identity could not be verified: no key of {hostname} is known; it shows {key.get_name()} "
            f"{key.fingerprint}",
            f"compare the fingerprint at the device, then add the key to known_hosts (ssh-keyscan -p PORT {hostname})",
        )


class _Quiet:
    """Laid over netmiko's class of a platform: the shell is set up by the session, not here."""

    trusted: list[Any] | None = None
    host: str
    port: int

    def _build_ssh_client(self) -> Any:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(_Trusting() if self.trusted is None else _Strict())
        name = self.host if self.port == 22 else f"[{self.host}]:{self.port}"
        for key in self.trusted or ():
            client.get_host_keys().add(name, key.get_name(), key)
        return client


@lru_cache(maxsize=256)
def _driver(device_type: str) -> Any:
    if device_type not in CLASS_MAPPER:
        raise SessionError(Outcome.NOT_COLLECTED, f"netmiko has no device type {device_type!r}", "mend the probe")
    return type(f"Read{device_type}", (_Quiet, CLASS_MAPPER[device_type]), {})


def _trusted(opening: Opening) -> list[Any] | None:
    """The keys to accept; None where the operator switched verification off."""
    if opening.option("verify", True) is False:
        return None
    file = opening.option("known_hosts")
    if not file:
        raise unreachable(
            "the device's identity could not be verified: no known_hosts file is set",
            "set `known_hosts` in [defaults.ssh], or `verify = false` for this target, which the report then shows",
        )
    return host_keys(str(file), opening.target.address, opening.endpoint.port)


def _private_key(pem: str, passphrase: str) -> Any:
    if not pem:
        return None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with contextlib.suppress(paramiko.SSHException, ValueError, IndexError):
            key: Any = kind.from_private_key(io.StringIO(pem), password=passphrase or None)
            return key
    raise denied(
        "the credential's private key cannot be read", "it must be a PEM or OpenSSH key; its passphrase is `password`"
    )


def _refusal(opening: Opening, error: BaseException) -> SessionError:
    """What a failed login means."""
    if isinstance(error, SessionError):
        return error
    said = plain(str(error)) or type(error).__name__
    if isinstance(error, paramiko.BadHostKeyException):
        return unreachable(
            f"the device's identity could not be verified: its key is not the known one; it shows {error.key.get_name()} "
            f"{error.key.fingerprint}",
            "if the device was replaced, compare the fingerprint there and mend known_hosts; else someone is in between",
        )
    if isinstance(error, paramiko.AuthenticationException):
        if "timeout" in said.lower():
            return timed_out("the device did not answer the login")
        return denied(f"login as {opening.account!r} was refused")
    if "ncompatible" in said:
        return unreachable(
            f"no common SSH algorithm: {said}", "the device offers only outdated ones; update it or renew its keys"
        )
    return unreachable(f"no SSH session with {opening.where}: {said}")


def _settings(probe: ProbeDef) -> list[str]:
    """The lines that set up the screen."""
    lines = probe.session.get("paging_off", [])
    return [lines] if isinstance(lines, str) else list(lines)


def _introduction(connection: Any) -> list[str]:
    """What a server says of itself before the login: its identification line and its banner (RFC 4252, 5.4)."""
    transport = connection.remote_conn.get_transport()
    banner = transport.get_banner() or b""
    return [plain(str(transport.remote_version)), plain(banner.decode("utf-8", "replace"), 4096)]


def _failures(opening: Opening) -> list[tuple[Outcome, re.Pattern[str]]]:
    table = opening.probe.session.get("failure", {})
    return [
        (outcome, _compiled(text))
        for outcome in (Outcome.DENIED, Outcome.UNSUPPORTED)
        for text in table.get(outcome.value, ())
    ]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.MULTILINE)


def _after_echo(text: str, command: str) -> int:
    """Where the reply begins: behind the line that ends with the command; -1 where there is none yet."""
    at = text.find(command)
    while at >= 0:
        end = text.find("\n", at)
        if end < 0:
            return -1
        if not text[at + len(command) : end].strip():
            return end + 1
        at = text.find(command, at + 1)
    return -1


def _line_of(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]


@contextlib.contextmanager
def _as_session_error() -> Iterator[None]:
    try:
        yield
    except SessionError:
        raise
    except Exception as error:  # noqa: BLE001 - a library's failure to set up the shell is an outcome
        raise timed_out(f"the shell could not be set up: {plain(str(error))}") from None
