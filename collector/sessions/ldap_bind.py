"""Binding: who we are to a directory, and what its refusals mean.

The credential's ``bind`` says how: ``simple`` (the default; the password, protected by TLS), ``kerberos`` (GSSAPI, tied to the
TLS connection), ``ntlm`` (not tied to it: ldap3 has no channel binding for it), ``anonymous``. One attempt, never a second way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ldap3

from collector.errors import SessionError
from collector.model import Outcome
from collector.sessions import ldap_kerberos, ldap_ntlm
from collector.sessions.contract import Opening, denied, plain, unreachable

#: RFC 4511's result codes that mean something of their own here.
OPERATIONS_ERROR, AUTH_METHOD, STRONGER, INVALID_CREDENTIALS = 1, 7, 8, 49
_REFUSALS = frozenset({OPERATIONS_ERROR, STRONGER, 13, 48, INVALID_CREDENTIALS, 50, 53})

#: SEC_E_BAD_BINDINGS: the bind came over TLS without saying over which connection.
_UNBOUND = "80090346"
#: Why a right-looking account is refused, as directories say it in a bind's reply (`data 775`).
_DATA = {
    "525": "there is no such account",
    "52e": "wrong name or password",
    "530": "the account may not log in at this hour",
    "531": "the account may not log in from this host",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password must be changed first",
    "775": "the account is locked",
}


def kind_of(opening: Opening) -> str:
    """How this credential binds; without a credential ``anonymous``."""
    return str(opening.credential.options.get("bind") or "simple") if opening.credential else "anonymous"


def check(opening: Opening) -> None:
    """Refuse, before anything is sent, a credential that can't bind the way it says."""
    kind = kind_of(opening)
    if kind in ("simple", "ntlm") and not opening.secret("password"):
        raise denied(
            "the credential has no password", 'an empty one would be an anonymous bind; use bind = "anonymous"'
        )
    if kind == "ntlm" and not re.fullmatch(r"[^\\]+\\[^\\]+", opening.account):
        raise denied("an NTLM bind needs a domain with the name", "write username = 'DOMAIN\\name'")


def settings(opening: Opening) -> Mapping[str, Any]:
    """What ldap3's connection is made with."""
    if kind_of(opening) == "simple":
        return {"user": opening.account, "password": opening.secret("password"), "authentication": ldap3.SIMPLE}
    return {"authentication": ldap3.ANONYMOUS}  # Kerberos and NTLM are bound by our own exchange


def bind(connection: Any, opening: Opening) -> None:
    """Bind; raises SessionError where that fails."""
    match kind := kind_of(opening):
        case "kerberos":
            result = ldap_kerberos.bind(connection, opening)
        case "ntlm":
            result = ldap_ntlm.bind(connection, opening)
        case _:
            connection.bind(read_server_info=False)
            result = connection.result or {}
    code = int(result.get("result", -1))
    if code:
        raise refused(opening, kind, code, plain(str(result.get("message") or result.get("description") or "")))


def refused(opening: Opening, kind: str, code: int, said: str) -> SessionError:
    """A bind's result as an outcome that says what to do."""
    if code == STRONGER:
        secured = opening.option("tls", "ldaps") != "none"
        return denied(
            f"the directory wants a protected connection for this bind (strongerAuthRequired): {said}",
            'TLS is on, and it still wants this bind to sign by itself: set bind = "simple" in the credential'
            if secured
            else 'set tls = "ldaps" or "starttls" in the target\'s [ldap] settings',
        )
    if _UNBOUND in said and kind == "ntlm":
        return denied(
            f"the directory wants channel binding, which an NTLM bind cannot give here: {said}",
            'set bind = "simple" or "kerberos" in the credential, over LDAPS or StartTLS',
        )
    if code == AUTH_METHOD:
        return SessionError(
            Outcome.UNSUPPORTED, f"the directory knows no {kind} bind: {said}", 'set bind = "simple" in the credential'
        )
    if code not in _REFUSALS:
        return unreachable(f"the bind failed with result {code}: {said}")
    why = re.search(r"\bdata ([0-9a-f]{3}),", said)
    hint = _DATA.get(why[1], "") if why else ""
    if kind == "ntlm":
        hint = f"{hint}; " if hint else ""
        hint += 'where the directory restricts NTLM, set bind = "simple" or "kerberos", over LDAPS or StartTLS'
    return denied(f"bind as {opening.account!r} was refused: {said}", hint)
