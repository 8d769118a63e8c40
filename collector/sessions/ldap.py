"""LDAP: bind once over TLS, search page by page, unbind.

``send_options`` of a request: ``base`` ("" is the default naming context, "rootdse", or text with ``{base}``, ``{config}``,
``{schema}``), ``scope`` (base, one, sub), ``attributes`` (none: the entries' names alone), ``page_size``. Referrals are not
followed. A capture begins with notes: ``# connection: ...`` says how the session was protected and bound, ``# reference: ...``
what the server said lies elsewhere, ``# more pages follow`` that this is not the last one. An attribute that was not asked for is not kept.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException, LDAPSocketOpenError
from ldap3.utils.conv import escape_filter_chars

from collector.errors import GuardError, SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import RequestDef
from collector.sessions import guard, ldap_bind, ldap_ranges
from collector.sessions.contract import Opening, plain, timed_out, unreachable, unsupported
from collector.sessions.fill import fill
from collector.sessions.ldif import ldif
from collector.sessions.tls import context, unverified
from collector.sessions.watchdog import watch

_PAGES = 10_000
_BYTES = 1024 * 2**20
_SCOPES = {"base": ldap3.BASE, "one": ldap3.LEVEL, "sub": ldap3.SUBTREE}
_PAGED = "1.2.840.113556.1.4.319"
_ROOT = [
    "defaultNamingContext",
    "namingContexts",
    "configurationNamingContext",
    "schemaNamingContext",
    "rootDomainNamingContext",
]

_OK, _TIME_LIMIT, _SIZE_LIMIT, _REFERRAL = 0, 3, 4, 10
_MEANING = {
    ldap_bind.OPERATIONS_ERROR: Outcome.DENIED,  # Active Directory's word for "bind first"
    _TIME_LIMIT: Outcome.TIMED_OUT,
    _SIZE_LIMIT: Outcome.DENIED,
    ldap_bind.STRONGER: Outcome.DENIED,
    11: Outcome.DENIED,  # adminLimitExceeded
    13: Outcome.DENIED,  # confidentialityRequired
    48: Outcome.DENIED,  # inappropriateAuthentication
    ldap_bind.INVALID_CREDENTIALS: Outcome.DENIED,
    50: Outcome.DENIED,  # insufficientAccessRights
    51: Outcome.UNREACHABLE,  # busy
    52: Outcome.UNREACHABLE,  # unavailable
}


class LdapSession:
    """One bound connection."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._deadline = opening.deadline()
        self._connection: Any = None
        self._dead: SessionError | None = None
        self._names: Mapping[str, str] = {}
        self._watch = watch(self._deadline, self._kill)
        try:
            with self._errors():
                self._open()
        except BaseException:
            self.close()
            raise

    def fetch(self, request: RequestDef) -> list[Capture]:
        captures: list[Capture] = []
        what = " ".join(request.send)
        try:
            guard.check(self._opening.probe, request)
            if self._dead:
                raise self._dead
            now = self._opening.now()
            base, scope, filter_ = self._search_of(request)
            what = f"{filter_} base={base!r} scope={scope}"
            with self._errors():
                for page, body in enumerate(self._pages(request, base, scope, filter_)):
                    captures.append(self._opening.capture(request, body, page=page, what=what, at=now))
                    now = self._opening.now()
        except SessionError as error:
            captures.append(self._opening.failed(request, error, page=len(captures), what=what))
        except GuardError as error:
            captures.append(self._opening.capture(request, None, Outcome.NOT_COLLECTED, str(error)))
        return captures

    def close(self) -> None:
        self._watch.done()
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.unbind()

    # Opening

    def _open(self) -> None:
        opening = self._opening
        self._server = self._reach()
        anonymous = ldap_bind.kind_of(opening) == "anonymous"
        ldap_bind.check(opening)
        self._connect()
        if anonymous:
            ldap_bind.bind(self._connection, opening)
        else:
            asked = time.monotonic()
            with opening.turn():
                waited = time.monotonic() - asked
                self._deadline.extend(waited)
                self._watch.done()
                self._watch = watch(self._deadline, self._kill)
                if waited > 5:  # the server may have hung up on a bind that long in coming
                    self._connect()
                ldap_bind.bind(self._connection, opening)
        self._names = self._read_root()

    def _reach(self) -> Any:
        opening = self._opening
        mode = str(opening.option("tls", "ldaps"))
        return ldap3.Server(
            opening.target.address,
            port=opening.endpoint.port,
            use_ssl=mode == "ldaps",
            tls=None if mode == "none" else _Tls(opening),
            get_info=ldap3.NONE,
            connect_timeout=self._deadline.wait_less(opening.endpoint.connect_timeout_s),
        )

    def _connect(self) -> None:
        opening = self._opening
        self._connection = ldap3.Connection(
            self._server,
            **ldap_bind.settings(opening),
            client_strategy=ldap3.SYNC,
            auto_bind=ldap3.AUTO_BIND_NONE,
            auto_referrals=False,
            auto_range=False,  # its own keeps the first part beside the whole, and takes a part for the whole where reading on fails
            check_names=False,
            read_only=True,
            receive_timeout=max(
                1, round(self._deadline.wait_less(opening.endpoint.connect_timeout_s * 3))
            ),  # ldap3 packs whole seconds
            return_empty_attributes=False,
        )
        self._connection.open(read_server_info=False)
        if opening.option("tls", "ldaps") == "starttls" and not self._connection.start_tls(read_server_info=False):
            result = self._connection.result or {}
            raise unreachable(f"StartTLS was refused: {plain(str(result.get('message') or result.get('description')))}")

    def _read_root(self) -> Mapping[str, str]:
        self._connection.search("", "(objectClass=*)", search_scope=ldap3.BASE, attributes=_ROOT)
        entries = [e for e in self._connection.response or () if e.get("type") == "searchResEntry"]
        raw = {k.lower(): v for k, v in (entries[0]["raw_attributes"] if entries else {}).items()}

        def first(name: str) -> str:
            values = raw.get(name.lower()) or [b""]
            return bytes(values[0]).decode("utf-8", "replace")

        base = str(self._opening.option("base_dn") or first("defaultNamingContext") or first("namingContexts"))
        names = {"base": base, "config": first("configurationNamingContext"), "schema": first("schemaNamingContext")}
        names["root"] = first("rootDomainNamingContext") or base
        return {name: value for name, value in names.items() if value}

    # Searching

    def _search_of(self, request: RequestDef) -> tuple[str, str, str]:
        options = request.send_options
        now = self._opening.now()
        text = str(options.get("base", ""))
        if text.lower() == "rootdse":
            base, scope = "", "base"
        else:
            base, scope = fill(text or "{base}", now, self._names), str(options.get("scope", "sub"))
        if scope not in _SCOPES:
            raise unsupported(f"no LDAP scope {scope!r}")
        safe = {name: escape_filter_chars(value) for name, value in self._names.items()}
        return base, scope, fill("".join(request.send) or "(objectClass=*)", now, safe)

    def _pages(self, request: RequestDef, base: str, scope: str, filter_: str) -> Iterator[bytes]:
        attributes = list(request.send_options.get("attributes", [])) or [ldap3.NO_ATTRIBUTES]
        asked = frozenset(name.partition(";")[0].lower() for name in attributes)
        size = int(request.send_options.get("page_size", 500))
        cookie: bytes | None = None
        taken = 0
        for _ in range(_PAGES):
            self._connection.search(
                base,
                filter_,
                search_scope=_SCOPES[scope],
                dereference_aliases=ldap3.DEREF_NEVER,
                attributes=attributes,
                paged_size=None if scope == "base" else size or None,
                paged_cookie=cookie,
            )
            result = self._connection.result or {}
            code = int(result.get("result", -1))
            response = self._connection.response or ()
            entries = [
                (str(e["dn"]), self._kept(str(e["dn"]), e["raw_attributes"], asked))
                for e in response
                if e.get("type") == "searchResEntry"
            ]
            said = plain(str(result.get("message") or result.get("description") or ""))
            if code == _REFERRAL:
                raise unsupported(f"the directory refers this search elsewhere, which is not followed: {said}")
            if code not in (_OK, _SIZE_LIMIT, _TIME_LIMIT) or (code != _OK and not entries):
                raise SessionError(_MEANING.get(code, Outcome.UNSUPPORTED), f"LDAP result {code}: {said}")
            elsewhere = (str(uri) for e in response if e.get("type") == "searchResRef" for uri in e.get("uri") or ())
            notes = [self._note(), *(f"reference: {plain(uri)}" for uri in elsewhere)]
            last, cookie = cookie, _cookie(result)
            if cookie:
                notes.append("more pages follow")
            body = ldif(entries, code, str(result.get("description") or ""), notes)
            yield body
            if code != _OK:  # these rows are true, and not all
                raise SessionError(_MEANING[code], f"LDAP result {code}, the entries are not all: {said}")
            taken += len(body)
            if not cookie:
                return
            if taken > _BYTES:
                raise timed_out(f"the search does not end: cut after {taken} bytes")
            if last == cookie and not entries:
                raise SessionError(Outcome.UNPARSED, "the directory's pages do not go on")
        raise timed_out(f"the search does not end: cut after {_PAGES} pages")

    def _kept(self, dn: str, attributes: Mapping[str, Any], asked: frozenset[str]) -> ldap_ranges.Attributes:
        """What was asked for of an entry, long lists whole."""
        kept = {name: values for name, values in attributes.items() if name.partition(";")[0].lower() in asked}
        return ldap_ranges.whole(dn, kept, self._read_on) if any(";" in name for name in kept) else kept

    def _read_on(self, dn: str, described: str) -> ldap_ranges.Attributes:
        self._connection.search(dn, "(objectClass=*)", search_scope=ldap3.BASE, attributes=[described])
        entries = [e for e in self._connection.response or () if e.get("type") == "searchResEntry"]
        found: ldap_ranges.Attributes = entries[0]["raw_attributes"] if entries else {}
        return found

    def _note(self) -> str:
        """How this session is protected and bound: what a directory lets pass shows what it does not demand."""
        tls = str(self._opening.option("tls", "ldaps"))
        kind = ldap_bind.kind_of(self._opening)
        bound = kind == "kerberos" and tls != "none"
        return f"connection: tls={tls} bind={kind} channel_binding={'yes' if bound else 'no'}"

    # Ending

    def _kill(self) -> None:
        connection = self._connection
        if connection is not None and connection.socket is not None:
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """ldap3's exceptions as outcomes; a connection that failed is not asked again."""
        try:
            yield
        except SessionError as error:
            if self._deadline.over() and error.outcome == Outcome.UNREACHABLE:
                raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over") from None
            raise
        except (LDAPException, OSError, ssl.SSLError, ValueError, TypeError, IndexError, KeyError) as error:
            meaning = self._meaning(error)
            if meaning.outcome != Outcome.UNSUPPORTED:  # a filter that ldap3 can't read was never sent
                self._dead = meaning
            raise meaning from None

    def _meaning(self, error: Exception) -> SessionError:
        said = plain(str(error)) or type(error).__name__
        if self._deadline.over():
            return timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
        if "certificate" in said.lower() or "CERTIFICATE_VERIFY" in said:
            return unverified(self._opening, said)
        if isinstance(error, LDAPSocketOpenError):
            return unreachable(f"no connection to {self._opening.where}: {said}")
        if "timed out" in said or "timeout" in said.lower():
            return timed_out(f"the directory stopped answering: {said}")
        if isinstance(error, LDAPException) and "filter" in said.lower():
            return SessionError(Outcome.UNSUPPORTED, said)
        return unreachable(f"the connection was lost: {said}")


class _Tls(ldap3.Tls):
    """TLS by Python's own context: the name is checked by OpenSSL, and addresses in certificates count."""

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._context = context(opening)
        self._name = str(opening.option("server_name") or opening.target.address)

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=self._name)


def _cookie(result: Mapping[str, Any]) -> bytes | None:
    control = (result.get("controls") or {}).get(_PAGED) or {}
    cookie = (control.get("value") or {}).get("cookie")
    return cookie if isinstance(cookie, bytes) else None
