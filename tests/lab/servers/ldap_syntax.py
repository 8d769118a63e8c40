"""How Active Directory writes its values (times, SIDs, GUIDs) and how values of an attribute are compared."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import lru_cache

TEXT, DN, BINARY, SID = "text", "dn", "binary", "sid"
_DN = frozenset(
    {"distinguishedname", "memberof", "member", "objectcategory", "serverreference", "serverreferencebl", "ncname", "managedby",
     "msds-psoappliesto", "msds-nc-replica-locations", "msds-hasmasterncs", "hasmasterncs", "hasdomainncs", "msds-hasdomainncs",
     "msds-resultantpso", "fsmoroleowner"}
)  # fmt: skip
_BINARY = frozenset({"objectguid", "dnsrecord", "dnsproperty", "usercertificate"})
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
NEVER = 0x7FFFFFFFFFFFFFFF


def kind_of(attribute: str) -> str:
    """How values of an attribute (in lower case) are compared."""
    if attribute in _DN:
        return DN
    if attribute == "objectsid":
        return SID
    return BINARY if attribute in _BINARY else TEXT


def compare_key(attribute: str, value: bytes) -> bytes:
    """A value in the form in which two are the same."""
    kind = kind_of(attribute)
    if attribute == "objectcategory":
        return normal_dn(value.decode("utf-8", "replace")).partition(",")[0].encode()
    if kind == DN:
        return normal_dn(value.decode("utf-8", "replace")).encode()
    return value if kind in (BINARY, SID) else value.lower()


@lru_cache(maxsize=65536)
def normal_dn(dn: str) -> str:
    """A name in lower case without blanks around its commas and equal signs."""
    parts = re.split(r"(?<!\\),", dn)
    return ",".join(re.sub(r"\s*=\s*", "=", part.strip(), count=1) for part in parts).lower()


def parent_of(normal: str) -> str:
    """The normalised name above; empty at the top."""
    found = re.split(r"(?<!\\),", normal, maxsplit=1)
    return found[1] if len(found) == 2 else ""


def filetime(moment: datetime | None) -> bytes:
    """100-nanosecond steps since 1601; 0 for never."""
    if moment is None:
        return b"0"
    gone = moment - _EPOCH
    return str((gone.days * 86400 + gone.seconds) * 10_000_000 + gone.microseconds * 10).encode()


def interval(seconds: int) -> bytes:
    """A duration, which the directory keeps as a negative count of 100-nanosecond steps."""
    return str(-seconds * 10_000_000).encode()


def age(seconds: int) -> bytes:
    """A longest age, of which 0 seconds means that nothing grows too old."""
    return interval(seconds) if seconds else b"-9223372036854775808"


def generalized(moment: datetime) -> bytes:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S.0Z").encode()


def sid_bytes(text: str) -> bytes:
    """A SID as the directory holds it; text that is none gives an empty value."""
    parts = text.split("-")
    try:
        numbers = [int(p) for p in parts[2:]]
        authority, subs = numbers[0], numbers[1:]
        return bytes((1, len(subs))) + authority.to_bytes(6, "big") + b"".join(s.to_bytes(4, "little") for s in subs)
    except (ValueError, IndexError, OverflowError):
        return b""


def guid(seed: str) -> bytes:
    return hashlib.md5(seed.encode(), usedforsecurity=False).digest()


def truth(value: bool) -> bytes:
    return b"TRUE" if value else b"FALSE"
