"""Takes secrets and personal identifiers out of a capture before anything is kept of it.

In this order: every secret that the run itself used, in all spellings, so that no pattern can cut one in half; private
keys; what the probe's patterns say for its platform; what gives itself away in any text; then identities that the probe
wants as pseudonyms. What stands
around a secret stays, so parsers read redacted text as they would read the whole. Redacting twice changes nothing more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace

from collector.evidence.exact import redact_exact
from collector.evidence.marks import MARK, PSEUDONYM, mark, pseudonym
from collector.evidence.patterns import redact_patterns, redact_pem
from collector.model import Capture, Secret, Transport
from collector.needle import may_match
from collector.probes.definition import ProbeDef

#: Longer lines of a terminal are no setting that anybody wrote; the rest is dropped, since patterns slow down on them.
_LONGEST_LINE = 16_384


def redact(
    capture: Capture, probe: ProbeDef | None, secrets: Collection[Secret], key: bytes, *, hashing: bool = True
) -> Capture:
    """The capture without secrets; its detail and its request too. ``key`` is the store's (see ``load_key``).

    Without ``hashing`` the names and addresses of people's devices stay as they are.
    ``functools.partial(redact, key=key)`` is what a scan's workers take.
    """

    def marked(secret: str) -> str:
        return mark(secret, key)

    def known(text: str) -> str:
        return redact_exact(text, secrets, capture.transport, marked)

    def clean(text: str) -> str:
        return redact_patterns(known(text), marked)

    body = None
    if capture.body is not None:
        text = redact_pem(known(_bounded(capture)), marked)
        text = redact_patterns(_by_probe(text, probe.redact if probe else (), key), marked)
        hashed = _hashed(capture, probe) if hashing else ()
        if hashed:
            text = _pseudonyms(text, hashed, key)
        body = text.encode("utf-8", "surrogateescape")
    return replace(capture, body=body, detail=clean(capture.detail), what=known(capture.what))


def _hashed(capture: Capture, probe: ProbeDef | None) -> tuple[str, ...]:
    """The JSON members that name people or their devices in this reply."""
    own = next((r.hashed for r in probe.requests if r.name == capture.request), ()) if probe else ()
    return (probe.hashed if probe else ()) + own


def _bounded(capture: Capture) -> str:
    """The text, bytes that are no UTF-8 kept; LDIF with its folded lines joined, a terminal's overlong lines laid out or cut."""
    text = (capture.body or b"").decode("utf-8", "surrogateescape")
    if capture.transport is Transport.LDAP:
        return re.sub(r"\r?\n ", "", text)
    if capture.transport is Transport.SSH and max(map(len, text.split("\n"))) > _LONGEST_LINE:
        laid_out = _laid_out(text)
        if laid_out is not None:
            return laid_out
        return re.sub(rf"(?m)^(.{{{_LONGEST_LINE}}}).+$", r"\1 <cut>", text)
    return text


def _laid_out(text: str) -> str | None:
    """A JSON document with a line for each value: commands print theirs in one line, however long. None for other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    except (ValueError, RecursionError):
        return None


def _by_probe(text: str, patterns: Collection[re.Pattern[str]], key: bytes) -> str:
    for pattern in patterns:
        if not may_match(pattern, text):
            continue
        text = pattern.sub(lambda found: _groups(found, key), text)
    return text


def _groups(found: re.Match[str], key: bytes) -> str:
    """A match with what its groups hold replaced; a pattern without groups is a secret as a whole."""
    whole, start = found[0], found.start()
    groups = range(1, (found.re.groups or 0) + 1) if found.re.groups else (0,)
    done, position = [], 0
    for begin, end in sorted(found.span(group) for group in groups):
        begin, end = begin - start, end - start
        value = whole[begin:end]
        if begin < position or not value.strip() or MARK.fullmatch(value.strip()):
            continue
        lead = len(value) - len(value.lstrip())
        tail = len(value.rstrip())
        done += [whole[position : begin + lead], mark(value.strip(), key)]
        position = begin + tail
    return "".join(done) + whole[position:]


def _pseudonyms(text: str, names: Collection[str], key: bytes) -> str:
    """The values of these JSON members as pseudonyms, wherever else in the reply the same value stands too."""
    members = "|".join(map(re.escape, names))
    found = set(re.findall(rf'"(?:[\w.-]+:)?(?:{members})"\s*:\s*"([^"\\]{{1,256}})"', text))
    made = {value: pseudonym(value, key) for value in found if not PSEUDONYM.fullmatch(value)}
    if not made:
        return text
    return _STRING.sub(lambda string: f'"{made.get(string[1], string[1])}"', text)


#: A JSON string, names of members too: taken one after another, so that none begins at another's end.
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
