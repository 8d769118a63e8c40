"""Attributes with more values than a directory sends at once (MS-ADTS 3.1.1.3.1.3.3): ``member;range=0-1499``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from collector.errors import SessionError
from collector.model import Outcome

Attributes = Mapping[str, Sequence[bytes]]
#: Reads one attribute description of one entry, by the entry's name.
ReadOn = Callable[[str, str], Attributes]

_RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<first>\d{1,9})-(?P<last>\d{1,9}|\*)", re.IGNORECASE)
_STEPS = 10_000


def whole(dn: str, attributes: Attributes, read_on: ReadOn) -> Attributes:
    """The entry's attributes with every range read to its end. Raises SessionError where a range doesn't go on."""
    found: dict[str, Sequence[bytes]] = {}
    for described, values in attributes.items():
        part = _RANGE.fullmatch(described)
        if part is None:
            found.setdefault(described, values)
        else:
            found[part["name"]] = _to_the_end(dn, part, values, read_on)
    return found


def _to_the_end(dn: str, part: re.Match[str], values: Sequence[bytes], read_on: ReadOn) -> Sequence[bytes]:
    name, gathered = part["name"], list(values)
    for _ in range(_STEPS):
        if part["last"] == "*":
            return gathered
        start = int(part["last"]) + 1
        more = read_on(dn, f"{name};range={start}-*")
        ranges = ((_RANGE.fullmatch(described), found) for described, found in more.items())
        following = next(((p, v) for p, v in ranges if p and p["name"].lower() == name.lower()), None)
        if following is None or int(following[0]["first"]) != start or not following[1]:
            break
        part = following[0]
        gathered += following[1]
    raise SessionError(Outcome.UNPARSED, f"the values of {name} of {dn} do not go on after {len(gathered)}")
