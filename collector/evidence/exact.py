"""Takes out the secrets that the run itself used, wherever and however written: plain, escaped, Base64 or hex."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

from collector.evidence.marks import MARK
from collector.model import Secret, Transport

#: A shorter secret is taken out only where no letter or digit touches it: else it would tear other words apart.
_SHORT = 6
_HEX = frozenset("0123456789abcdefABCDEF")
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
#: A shorter stretch of Base64 or hex comes about by chance.
_SHORT_ENCODED = 6


@dataclass(frozen=True, slots=True)
class _Form:
    """One spelling of a secret; an ``encoding`` is ``hex`` or ``base64``."""

    text: str
    secret: str
    encoding: str = ""

    @property
    def encoded(self) -> bool:
        return bool(self.encoding)

    @property
    def alphabet(self) -> frozenset[str]:
        return _HEX if self.encoding == "hex" else _BASE64

    def encode(self, text: str) -> str:
        data = text.encode()
        return data.hex() if self.encoding == "hex" else base64.b64encode(data).decode()


def redact_exact(text: str, secrets: Collection[Secret], transport: Transport, mark: Callable[[str], str]) -> str:
    """The text without these secrets. In SNMP lines only the value is looked at: an OID holds no secret."""
    present = [form for form in _forms(frozenset(s.reveal() for s in secrets if s)) if form.text in text]
    if not present:
        return text
    if transport is Transport.SNMP:
        return "".join(_line(line, present, mark) for line in text.splitlines(keepends=True))
    return _replace(text, present, mark)


def _line(line: str, present: Sequence[_Form], mark: Callable[[str], str]) -> str:
    oid, separator, rest = line.partition("|")
    type_, second, value = rest.partition("|")
    if not second:
        return _replace(line, present, mark)
    return f"{oid}{separator}{type_}{second}{_replace(value, present, mark)}"


def _replace(text: str, present: Sequence[_Form], mark: Callable[[str], str]) -> str:
    for form in present:
        if form.encoded:
            text = _replace_encoded(text, form, mark(form.secret))
    plain = {form.text: form for form in reversed(present) if not form.encoded}
    if not plain:
        return text
    pattern = "|".join(_pattern(spelling) for spelling in sorted(plain, key=len, reverse=True))
    return re.sub(
        f"{MARK.pattern}|{pattern}",
        lambda found: mark(plain[found[0]].secret) if found[0] in plain else found[0],
        text,
    )


def _pattern(text: str) -> str:
    escaped = re.escape(text)
    return escaped if len(text) >= _SHORT else rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"


def _replace_encoded(text: str, form: _Form, replacement: str) -> str:
    """The whole encoded value becomes the encoded mark: a hole in it would spoil what stands around the secret."""
    done: list[str] = []
    position = 0
    place = text.find(form.text)
    while place >= 0:
        start, end = place, place + len(form.text)
        while start > position and text[start - 1] in form.alphabet:
            start -= 1
        while end < len(text) and text[end] in form.alphabet:
            end += 1
        while end < len(text) and text[end] == "=":
            end += 1
        done += [text[position:start], form.encode(replacement)]
        position = end
        place = text.find(form.text, position)
    return "".join(done) + text[position:]


@lru_cache(maxsize=256)
def _forms(secrets: frozenset[str]) -> tuple[_Form, ...]:
    """Every spelling of every secret, the longest first: a secret can be a part of another."""
    found = dict.fromkeys(form for secret in secrets for part in _parts(secret) for form in _spellings(part))
    return tuple(sorted(found, key=lambda form: -len(form.text)))


def _parts(secret: str) -> Iterator[str]:
    """The secret, and of one with several lines (a private key) each long line."""
    if secret.strip():
        yield secret
    lines = secret.splitlines()
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= 16 and not line.startswith("-----"))


def _spellings(secret: str) -> Iterator[_Form]:
    plain = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    data = secret.encode("utf-8", "surrogateescape")
    escaped = quote(data, safe=""), quote(data, safe="").lower(), quote_plus(data), html.escape(secret)
    for text in dict.fromkeys((secret, *plain, *escaped)):
        yield _Form(text, secret)
    for text in (data.hex(), data.hex().upper()):
        if len(data) >= _SHORT:
            yield _Form(text, secret, "hex")
    for text in _base64(data):
        if len(text) >= _SHORT_ENCODED:
            yield _Form(text, secret, "base64")


def _base64(data: bytes) -> Iterator[str]:
    """What Base64 makes of the secret inside longer data: one stretch for each way that its bytes can fall."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + data).decode().rstrip("=")
        start = (before * 8 + 5) // 6
        end = ((before + len(data)) * 8) // 6
        core = whole[start:end]
        yield core
        yield core.replace("+", "-").replace("/", "_")
