"""Finds secrets by what stands before them, or by their own form, in text of any kind.

It goes from one telling word to the next (``password``, ``community``, ``token`` ...) and looks only at what follows
there, a bounded stretch: time grows with the text's length whatever a device puts into it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from collector.evidence.marks import MARK

#: The longest secret in quotes that is looked for; longer runs without a blank are found too.
_LONG = 1024

#: Words that a secret follows, and whether a letter may stand right before them (``userPassword``).
_WORDS = {
    "password": True,
    "passwd": True,
    "pwd": True,
    "passphrase": True,
    "secret": True,
    "community": True,
    "community name": True,
    "community-name": True,
    "community securityname": True,
    "token": True,
    "ciphertext": False,
    "plaintext": False,
    "psk": True,
    "set-key": True,
    "key-string": True,
    "pre-shared-key": True,
    "presharedkey": True,
    "authentication-key": True,
    "auth-key": True,
    "authkey": True,
    "priv-key": True,
    "privkey": True,
    "private-key": True,
    "private_key": True,
    "privatekey": True,
    "api-key": True,
    "api_key": True,
    "apikey": True,
}

#: The head line of a request: its value is a secret as a JSON member or behind its scheme, not in ``Authorization Details``.
_HEADER = "authorization"

#: Words that a secret follows only with a type between them: ``key 7 ...``, ``auth sha ...``.
_TYPED_WORDS = ("key", "auth", "priv", "hash", _HEADER)

#: Between the word and the secret: JSON or LDIF or an assignment, blanks, or an XML tag's end.
_BETWEEN = re.compile(r"""(?P<member>\\?["'])?[ \t]{0,64}(?P<sign>::?|=)[ \t]{0,64}|[ \t]{1,64}|>[ \t]{0,64}""")

#: How a secret is encoded, said before it.
_TYPES = re.compile(
    r"(?:(?:0|[4-9]|10|8a|level[ \t]{1,8}\d{1,2}|sha-?\d*|md5|hmac-\S{1,12}|scrypt|pbkdf2|aes[- ]?(?:128|192|256)?|3?des|"
    r"128|192|256|encrypted|ciphertext|plaintext|cipher|simple|hash|hex|ascii|text|clear|basic|bearer|digest|irreversible-cipher)"
    r"[ \t]{1,8}){1,4}",
    re.IGNORECASE,
)

_QUOTED = re.compile(rf'\\"([^"\\]{{0,{_LONG}}})\\"|"((?:[^"\\]|\\.){{0,{_LONG}}})"|\'([^\'\n]{{0,{_LONG}}})\'')
_BARE = re.compile(r"""[^\s"'<][^\s"'<]*|<(?!redacted:)[^\s"']*""")
_ENCODED = re.compile(r"[^\s]*(?:\r?\n [^\s]+)*")

#: What follows those words in plain talk and in settings, and is no secret.
_HARMLESS = frozenset(
    """
    a access additive age aging an and are as attribute attributes auth authentication both can cannot change changed chars check checks
    complexity configured default disable disabled enable enabled encryption entries entry expire expired expires expiry extended
    false for from group has have hidden history if in index internet is key keys large last length level list local-as
    management may max maximum min min-length minimum mode mtu must n/a name names never no no-advertise no-export none not
    null of on or order policies policy prompt prompting recover recovery reset restriction required rule rules securityname set
    should standard strength strength-check string strings that the to true type types unknown unset user users via view was
    will with yes
    """.split()  # noqa: SIM905  words, one after another
).union(_WORDS, _TYPED_WORDS)

#: A BGP community: a colon between numbers.
_ROUTE_TARGET = re.compile(r"(?:[a-z-]{1,32}:)?(?:\d{1,10}:){1,2}\d{1,10}")

#: Secrets that show themselves: password hashes, signed tokens, a password in a URL.
_OWN_FORM = (
    ("$", re.compile(r"\$(?:1|5|6|8|9|14|y|2[abxy]?|sha1|argon2\w{0,2})\$[./A-Za-z0-9$+=,*-]{6,512}")),
    ("{", re.compile(r"\{(?:s?sha\d{0,3}|s?md5|crypt|pbkdf2[\w-]{0,12})\}[^\s\"',<]{4,512}", re.IGNORECASE)),
    ("earer ", re.compile(r"earer[ \t]{1,8}(?P<s>(?=\D{0,2048}\d)[A-Za-z0-9._~+/=-]{16,8192})")),
    ("eyJ", re.compile(r"eyJ[\w-]{8,8192}\.[\w-]{4,8192}(?:\.[\w-]{0,8192})?")),
    ("://", re.compile(r"://[^:/@\s\"'<>]{0,128}:(?P<s>(?!<redacted:)[^@/\s\"'<>]{1,256})@")),
)

_PEM = re.compile(r"-----BEGIN (?P<name>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
#: A cut-off key's lines: Base64 and head lines, with real or written-out line ends.
_PEM_BODY = re.compile(r"(?:[A-Za-z0-9+/=\s]++|\\[nrt]|(?:Proc-Type|DEK-Info|Comment|Version):[^\n\\]{0,200})*+")
_LONGEST_PEM = 32_768


@dataclass(frozen=True, slots=True)
class Span:
    """A secret's place; ``quote`` says that a bare JSON number needs quotes, ``encoded`` that it stands in Base64."""

    start: int
    end: int
    quote: bool = False
    encoded: bool = False


def redact_pem(text: str, mark: Callable[[str], str]) -> str:
    """Private keys in PEM, whole or cut off: their names and ends stay, so each has one of both afterwards."""
    if "PRIVATE KEY" not in text:
        return text
    done: list[str] = []
    position = 0
    for found in _PEM.finditer(text):
        if found.start() < position:
            continue
        end = f"-----END {found['name']}-----"
        stop = _pem_end(text, found.end(), end)
        body = text[found.end() : stop]
        whole = text.startswith(end, stop)
        line = next((end_ for end_ in ("\\n", "\n") if end_ in body[:4]), "")  # JSON writes line ends out
        if whole and MARK.fullmatch(body.replace("\\n", "").strip()):  # done before
            continue
        kept = "" if whole else end + ("" if not body.endswith("\n") else "\n")
        done += [text[position : found.end()], line, mark(body), line, kept]
        position = stop
    return "".join(done) + text[position:]


def _pem_end(text: str, start: int, end: str) -> int:
    """Where the key ends: before its own end line, or where its lines stop looking like a key's."""
    limit = start + _LONGEST_PEM
    found = text.find(end, start, limit)
    if found >= 0 and text.find("-----BEGIN", start, found) < 0:
        return found
    stretch = _PEM_BODY.match(text, start, limit)
    return stretch.end() if stretch else start


def redact_patterns(text: str, mark: Callable[[str], str]) -> str:
    """The text with every secret that gives itself away replaced by its mark, and all around it as it was."""
    done: list[str] = []
    position = 0
    for span in sorted(_spans(text), key=lambda s: (s.start, -s.end)):
        if span.start < position:
            continue
        made = mark(text[span.start : span.end])
        if span.encoded:
            made = base64.b64encode(made.encode()).decode()
        done += [text[position : span.start], f'"{made}"' if span.quote else made]
        position = span.end
    return "".join(done) + text[position:]


def _spans(text: str) -> Iterator[Span]:
    lower = text.lower() if text.isascii() else text.translate(_LOWER)
    for word, inside in _WORDS.items():
        for place in _places(lower, word):
            if (inside or not _letter(lower, place - 1)) and (span := _after(text, place + len(word), False)):
                yield span
    for word in _TYPED_WORDS:
        for place in _places(lower, word):
            header = word == _HEADER
            if not _letter(lower, place - 1) and (span := _after(text, place + len(word), True, header)):
                yield span
    for start, form in _OWN_FORM:
        position = 0
        for place in _places(text, start):
            if place >= position and (found := form.match(text, place)):
                position = found.end()
                yield Span(*found.span("s" if "s" in form.groupindex else 0))


_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))


def _letter(text: str, place: int) -> bool:
    return place >= 0 and text[place].isalnum()


def _after(text: str, place: int, typed: bool, header: bool = False) -> Span | None:
    """The secret behind a telling word, if there is one; behind a ``typed`` word only after its type."""
    between = _BETWEEN.match(text, place)
    if between is None:
        return None
    member = between["member"] is not None
    types = None if member else _TYPES.match(text, between.end())
    if typed and types is None and not (header and member):
        return None
    start = types.end() if types else between.end()
    if between["sign"] == "::":
        return _encoded(text, start)
    quoted = _QUOTED.match(text, start)
    if quoted:
        return _worth(text, *quoted.span(quoted.lastindex or 0), quote=False, short=member)
    bare = _BARE.match(text, start)
    if bare is None or (member and bare[0][0] in "{["):
        return None
    end = bare.start() + len(bare[0].rstrip(",;)}]\\"))
    return _worth(text, bare.start(), end, quote=member, short=types is not None)


def _encoded(text: str, start: int) -> Span | None:
    """A value of LDIF in Base64, with its folded lines."""
    found = _ENCODED.match(text, start)
    if found is None or not found[0] or _is_done(found[0]):
        return None
    return Span(*found.span(), encoded=True)


def _is_done(value: str) -> bool:
    try:
        return base64.b64decode(value, validate=True).startswith(b"<redacted:")
    except ValueError:
        return False


def _worth(text: str, start: int, end: int, quote: bool, short: bool) -> Span | None:
    """The place, unless what stands there is a mark already or a word of plain talk.

    ``short`` is true where the form leaves no doubt that a secret stands there.
    """
    value = text[start:end]
    if not value or value.startswith("<redacted:"):
        return None
    plain = value.lower().rstrip(".:!?")
    if plain in ("true", "false", "null", "none", ""):
        return None
    if not short and (plain in _HARMLESS or _ROUTE_TARGET.fullmatch(plain)):
        return None
    return Span(start, end, quote)
