"""LDAP entries as LDIF (RFC 2849), with what else the server said as comments: the body of an LDAP capture."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence

_SAFE_FIRST = frozenset(range(0x21, 0x7F)) - frozenset(b":<")
_SAFE = frozenset(range(0x20, 0x7F))


def ldif(
    entries: Iterable[tuple[str, Mapping[str, Sequence[bytes]]]], code: int, text: str, notes: Iterable[str] = ()
) -> bytes:
    """Notes (``# NAME: TEXT``), entries in the order they came, attributes as the server spells them, ``# result: CODE TEXT``."""
    lines = [f"# {note}" for note in notes]
    for dn, attributes in entries:
        lines.append(_line("dn", dn.encode()))
        for name, values in attributes.items():
            lines += [_line(name, value) for value in values]
        lines.append("")
    lines.append(f"# result: {code} {text}")
    return ("\n".join(lines) + "\n").encode("ascii", "backslashreplace")


def _line(name: str, value: bytes) -> str:
    safe = _SAFE.issuperset(value) and (not value or (value[0] in _SAFE_FIRST and value[-1] != 0x20))
    name = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-;.=_"))
    return f"{name}: {value.decode('ascii')}" if safe else f"{name}:: {base64.b64encode(value).decode('ascii')}"
