"""NTLM binds: raw NTLM messages (MS-NLMP) in SASL's GSS-SPNEGO mechanism (MS-ADTS 5.1.1.1.1, MS-SPNG 3.3.5.1).

ldap3 makes the messages. The exchange is ours: ldap3's own takes a server that offers no NTLM for a bind that succeeded. So is
the password's hash: MD4 is switched off in today's OpenSSL.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from struct import pack, unpack
from typing import Any

from ldap3.operation.bind import bind_operation
from ldap3.utils.ntlm import NtlmClient

from collector.sessions.contract import Opening, plain, unreachable

SASL_IN_PROGRESS = 14
_MASK = 0xFFFFFFFF
#: RFC 1320: per round the constant, the order of words, and the rotations.
_ROUNDS = (
    (0, tuple(range(16)), (3, 7, 11, 19)),
    (0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
    (0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def bind(connection: Any, opening: Opening) -> Mapping[str, Any]:
    """Negotiate, hear the challenge, answer it; the last result, good or bad."""
    domain, _, name = opening.account.partition("\\")
    hashed = md4(opening.secret("password").encode("utf-16-le")).hex()
    client: Any = NtlmClient(user_name=name, domain=domain, password=f"{'0' * 32}:{hashed}")
    challenge = _say(connection, client.create_negotiate_message())
    if challenge.get("result") != SASL_IN_PROGRESS:
        return challenge
    try:
        read = client.parse_challenge_message(bytes(challenge.get("saslCreds") or b""))
        answer = client.create_authenticate_message() if read is not False else b""
    except (struct.error, AttributeError, TypeError, ValueError) as error:  # ldap3 trips over a challenge that is none
        raise unreachable(f"the NTLM challenge cannot be read: {plain(str(error))}") from None
    return _say(connection, answer)


def _say(connection: Any, token: bytes) -> Mapping[str, Any]:
    request = bind_operation(connection.version, "SASL", "", None, "GSS-SPNEGO", token)
    answer = connection.post_send_single_response(connection.send("bindRequest", request, None))
    found: Mapping[str, Any] = answer[0] if answer else {}
    return found


def md4(data: bytes) -> bytes:
    """The MD4 digest (RFC 1320), which NTLM is built on; good for nothing else."""
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + pack("<Q", len(data) * 8)
    for start in range(0, len(padded), 64):
        words = unpack("<16I", padded[start : start + 64])
        a, b, c, d = state
        for number, (constant, order, turns) in enumerate(_ROUNDS):
            for step, place in enumerate(order):
                mixed = (b & c | ~b & d, b & c | b & d | c & d, b ^ c ^ d)[number]
                total = (a + mixed + words[place] + constant) & _MASK
                turn = turns[step % 4]
                a, b, c, d = d, (total << turn | total >> (32 - turn)) & _MASK, b, c
        state = [(old + new) & _MASK for old, new in zip(state, (a, b, c, d), strict=True)]
    return pack("<4I", *state)
