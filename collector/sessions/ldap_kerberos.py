"""Kerberos binds: SASL's GSSAPI mechanism (RFC 4752) without a security layer, tied to the TLS connection (RFC 5929).

The exchange is ours: ldap3's own refuses servers that offer no layer at all, as they do over TLS. With a password in the
credential a ticket is got with it and kept in memory; without one the tickets or the keytab of the account that runs
the scan are used. Realms and their servers come from the system's krb5.conf or DNS.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from ldap3.operation.bind import bind_operation

from collector.errors import SessionError
from collector.model import Outcome
from collector.sessions.contract import Opening, denied, plain, unreachable

_NO_LAYER = 1
_STEPS = 10
#: Words of MIT Kerberos and Heimdal alike by their codes (krb5.h): the account's own fault, counted as a refused login.
_ACCOUNT = {
    -1765328378: "there is no such account",
    -1765328366: "the account is locked or disabled",
    -1765328361: "the password has expired",
    -1765328360: "wrong password",
    -1765328353: "wrong password",
}


def bind(connection: Any, opening: Opening) -> Mapping[str, Any]:
    """The last result of the exchange, good or bad."""
    gssapi = _library()
    try:
        return _exchange(gssapi, connection, opening)
    except gssapi.exceptions.GSSError as error:
        raise _meaning(error, opening) from None


def _library() -> Any:
    try:
        return importlib.import_module("gssapi")
    except ImportError:
        raise SessionError(
            Outcome.UNSUPPORTED,
            "a Kerberos bind needs the package gssapi",
            "pip install gssapi (and the system's Kerberos library), or use a simple bind over LDAPS",
        ) from None


def _exchange(gssapi: Any, connection: Any, opening: Opening) -> Mapping[str, Any]:
    host = str(opening.option("server_name") or opening.target.address)
    context = gssapi.SecurityContext(
        name=gssapi.Name(f"ldap@{host}", gssapi.NameType.hostbased_service),
        mech=gssapi.MechType.kerberos,
        creds=_credentials(gssapi, opening),
        channel_bindings=_bindings(gssapi, connection),
        usage="initiate",
    )
    heard: bytes | None = None
    for _ in range(_STEPS):
        result = _say(connection, context.step(heard) or b"")
        if result.get("result") not in (0, 14):  # success, saslBindInProgress
            return result
        heard = bytes(result.get("saslCreds") or b"")
        if context.complete:
            break
    if not context.complete:
        raise unreachable("the Kerberos exchange does not end")
    if result.get("result") == 0:  # bound without a word on layers
        return result
    layers = context.unwrap(heard).message
    if len(layers) != 4 or (layers[0] and not layers[0] & _NO_LAYER):
        raise denied(
            "the directory wants Kerberos to sign or encrypt this connection (strongerAuthRequired)",
            'set tls = "ldaps" or "starttls" in the target\'s [ldap] settings',
        )
    return _say(connection, context.wrap(bytes([_NO_LAYER, 0, 0, 0]), False).message)


def _credentials(gssapi: Any, opening: Opening) -> Any:
    """A ticket got with the credential's password; None for what the environment holds."""
    if not opening.secret("password"):
        return None
    name = gssapi.Name(_principal(opening.account), gssapi.NameType.kerberos_principal)
    return gssapi.raw.acquire_cred_with_password(
        name, opening.secret("password").encode(), usage="initiate", mechs=[gssapi.MechType.kerberos]
    ).creds


def _principal(account: str) -> str:
    """``name@domain`` with the domain in capitals, as realms are written."""
    name, at, realm = account.rpartition("@")
    return f"{name}@{realm.upper()}" if at else account


def _bindings(gssapi: Any, connection: Any) -> Any:
    """The end of this TLS connection by its certificate (RFC 5929 section 4); None without TLS."""
    certificate = connection.socket.getpeercert(True) if hasattr(connection.socket, "getpeercert") else None
    if not certificate:
        return None
    try:
        used = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except UnsupportedAlgorithm:
        used = None
    digest = hashes.Hash(hashes.SHA256() if used is None or used.name in ("md5", "sha1") else used)
    digest.update(certificate)
    return gssapi.raw.ChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())


def _say(connection: Any, token: bytes) -> Mapping[str, Any]:
    request = bind_operation(connection.version, "SASL", "", None, "GSSAPI", token)
    answer = connection.post_send_single_response(connection.send("bindRequest", request, None))
    found: Mapping[str, Any] = answer[0] if answer else {}
    return found


def _meaning(error: Any, opening: Opening) -> SessionError:
    """GSSAPI's refusal as an outcome: the account's fault is a refused login, all else is Kerberos not working here."""
    said = plain(str(error))
    code = int(error.min_code) - (1 << 32) if int(error.min_code) >= 1 << 31 else int(error.min_code)
    if code in _ACCOUNT:
        return denied(f"Kerberos refused {opening.account!r}: {said}", _ACCOUNT[code])
    return unreachable(
        f"no Kerberos ticket for ldap/{opening.option('server_name') or opening.target.address}: {said}",
        "Kerberos needs the realm in krb5.conf, clocks that agree, and the server's DNS name in `server_name`",
    )
