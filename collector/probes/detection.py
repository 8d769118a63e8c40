"""What gives a platform away over SNMP, as the ``[detect]`` tables of probe files say it.

::

    [detect]                                     # this probe's own platform
    sysobjectid = ["1.3.6.1.4.1.99999.1."]       # prefixes; one of them has to fit where there are some
    sysdescr = ['Acme Switch Software']          # patterns; one of them has to be found where there are some
    except = ['Acme-XE']                         # patterns that must not be found
    version = ['Version (?P<version>[^, ]+)']    # where in sysDescr the version stands; the first that is found
    model = ['(?P<model>AS-\\S+)']
    reply = ['Acme Switch Software']             # over a command line; see collector.probes.shell
    [[detect.other]]                             # platforms without a probe of their own: the same, and
    name = "..."                                 # needed with `has` and `read` (see collector.probes.agent) and for `for`
    has = ["OID", { oid = "OID", pattern = '^X' }]   # all of them: the agent has something there
    platform = "..."                             # left out where only the vendor is sure
    vendor = "..."
    os = "..."

Of several that fit, one with ``has`` goes before those without, then the longest prefix wins, then the longest text
found in sysDescr, then one with a name, then the first. An entry's labels, by which requests say whom they are for, are its name, platform,
os, vendor and the name of its probe, as they are written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collector.errors import DefinitionError
from collector.probes.definition import ProbeDef

#: What tells a platform by its command line: ``collector.probes.shell`` reads it.
SHELL_KEYS = frozenset({"reply", "unlike", "prompt", "banner", "command"})
_KEYS = {"name", "has", "read", "platform", "vendor", "os", "sysobjectid", "sysdescr", "except", "version", "model"}


@dataclass(frozen=True, slots=True)
class Detection:
    """One ``[detect]`` table."""

    platform: str
    vendor: str
    os: str
    prefixes: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    excepted: tuple[re.Pattern[str], ...]
    version: tuple[re.Pattern[str], ...]
    model: tuple[re.Pattern[str], ...]
    name: str = ""
    probe: str = ""
    has: tuple[Any, ...] = ()

    @property
    def labels(self) -> frozenset[str]:
        said = (self.name, "" if self.platform == "*" else self.platform, self.os, self.vendor, self.probe)
        return frozenset(label for label in said if label)


@dataclass(frozen=True, slots=True)
class Detected:
    """What sysObjectID and sysDescr say; ``None`` is not known. ``because`` are plain sentences."""

    vendor: str | None = None
    platform: str | None = None
    os: str | None = None
    model: str | None = None
    version: str | None = None
    because: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()

    def known(self) -> dict[str, str]:
        """The fields that are known, by the names of the ``device`` fact."""
        named = {
            "vendor": self.vendor,
            "platform": self.platform,
            "os": self.os,
            "model": self.model,
            "version": self.version,
        }
        return {name: value for name, value in named.items() if value}


def detections(probes: Iterable[ProbeDef]) -> tuple[Detection, ...]:
    """Every ``[detect]`` table of the probes, in a fixed order."""
    found: list[Detection] = []
    for probe in sorted(probes, key=lambda p: p.name):
        table = {key: value for key, value in probe.detect.items() if key not in SHELL_KEYS}
        others = table.pop("other", [])
        own = {"platform": probe.platform, "vendor": probe.device.get("vendor", ""), "os": probe.device.get("os", "")}
        if table:
            found.append(_detection(f"{probe.file}: detect", {**own, **table}, probe.name))
        found += (
            _detection(f"{probe.file}: detect.other {i + 1}", other, probe.name) for i, other in enumerate(others)
        )
    names = Counter(entry.name for entry in found if entry.name)
    twice = next((name for name, count in names.items() if count > 1), None)
    if twice:
        raise DefinitionError(f"two detection entries are called {twice!r}", "rename one")
    return tuple(found)


_MADE: dict[int, tuple[Mapping[str, ProbeDef], tuple[Detection, ...]]] = {}


def known_detections(probes: Mapping[str, ProbeDef]) -> tuple[Detection, ...]:
    """``detections`` of one set of probes, made once for each set; a set does not change while it is used."""
    made = _MADE.get(id(probes))
    if made is None or made[0] is not probes:
        _MADE.clear()
        made = _MADE[id(probes)] = (probes, detections(probes.values()))
    return made[1]


def _detection(where: str, table: Mapping[str, Any], probe: str) -> Detection:
    strange = set(table) - _KEYS
    if strange or not (table.get("sysobjectid") or table.get("sysdescr")):
        raise DefinitionError(
            f"{where}: {'unknown key ' + ', '.join(sorted(strange)) if strange else 'nothing to detect by'}",
            "write sysobjectid or sysdescr, and " + ", ".join(sorted(_KEYS)),
        )
    try:
        return Detection(
            platform=table.get("platform", ""),
            vendor=table.get("vendor", ""),
            os=table.get("os", ""),
            prefixes=tuple(p.strip(".") for p in table.get("sysobjectid", ())),
            patterns=_patterns(table, "sysdescr"),
            excepted=_patterns(table, "except"),
            version=_patterns(table, "version"),
            model=_patterns(table, "model"),
            name=table.get("name", ""),
            probe=probe,
            has=tuple(table.get("has", ())),
        )
    except re.error as error:
        raise DefinitionError(f"{where}: {error}", "mend the regular expression") from error


def _patterns(table: Mapping[str, Any], key: str) -> tuple[re.Pattern[str], ...]:
    found = table.get(key, ())
    return tuple(re.compile(p) for p in ((found,) if isinstance(found, str) else found))


def candidates(known: Iterable[Detection], sysobjectid: str | None, sysdescr: str | None) -> list[Detection]:
    """The entries that fit what an agent says of itself, whatever they want the agent to have."""
    number, text = _said(sysobjectid, sysdescr)
    return [entry for entry in known if _fit(entry, number, text)]


def _said(sysobjectid: str | None, sysdescr: str | None) -> tuple[str, str]:
    """Both as they are compared; some recorders keep the quotation marks that their tool printed around a text."""
    return (sysobjectid or "").strip().strip("."), (sysdescr or "")[:4096].strip('"')


def detect(
    known: Iterable[Detection], sysobjectid: str | None, sysdescr: str | None, has: Collection[str] = ()
) -> Detected:
    """The best fit of what an agent says of itself; nothing known where nothing fits.

    ``has`` names the entries of whose ``has`` the agent has all.
    """
    number, text = _said(sysobjectid, sysdescr)
    fits = [
        (fit, entry) for entry in known if (not entry.has or entry.name in has) and (fit := _fit(entry, number, text))
    ]
    if not fits:
        model, version = _in_words(text)
        because = tuple(f"sysDescr says {v!r}" for v in (model, version) if v)
        return Detected(model=model, version=version, because=because)
    (prefix, said), best = max(fits, key=_sureness)
    reasons = []
    if prefix:
        reasons.append(f"sysObjectID {number} is below {prefix}")
    if said:
        reasons.append(f"sysDescr has {said!r}")
    if best.has:
        reasons.append("it has " + ", ".join(h if isinstance(h, str) else h["oid"] for h in best.has))
    version, model = _named(best.version, "version", text), _named(best.model, "model", text)
    words = _in_words(text)
    model, version = model or words[0], version or words[1]
    reasons += [f"sysDescr names the {name} {v!r}" for name, v in (("version", version), ("model", model)) if v]
    return Detected(
        best.vendor or None,
        None if best.platform in ("", "*") else best.platform,
        best.os or None,
        model,
        version,
        tuple(reasons),
        best.labels,
    )


def _sureness(fit: tuple[tuple[str, str], Detection]) -> tuple[int, int, int, bool]:
    (prefix, said), entry = fit
    return len(entry.has), len(prefix.split(".")) if prefix else 0, len(said), bool(entry.name)


#: RFC 3418: sysDescr should hold the name and version of the hardware type and of the software.
_VERSION = re.compile(
    r"(?i)(?<!boot )(?<!bootloader )(?<!rom )(?<!agent )(?<!hardware )(?<!hw )(?<!snmp)(?<!kernel )"
    r"\b(?:version|ver|revision|release|firmware|fw)\b[.: =-]*v?(?P<version>\d+(?:\.\d+)+(?:[\w.()-]*\w)?)"
)
_PRODUCT = re.compile(r"(?P<model>[A-Z][A-Za-z]*[ -]?[A-Za-z]*\d[\w+/-]*)")


def _in_words(text: str) -> tuple[str | None, str | None]:
    """Model and version as sysDescr says them in plain words: a product's code that stands alone, a number behind "version"."""
    product, version = _PRODUCT.fullmatch(text.strip()), _VERSION.search(text)
    return (product["model"] if product else None), (version["version"] if version else None)


def _fit(entry: Detection, number: str, text: str) -> tuple[str, str] | None:
    """The prefix and the text by which an entry fits; ``None`` where it doesn't."""
    prefixes = [p for p in entry.prefixes if number == p or number.startswith(p + ".")]
    if entry.prefixes and not prefixes:
        return None
    said = [found[0] for pattern in entry.patterns if (found := pattern.search(text))]
    if entry.patterns and not said:
        return None
    if any(pattern.search(text) for pattern in entry.excepted):
        return None
    return max(prefixes, key=len, default=""), max(said, key=len, default="")


def _named(patterns: tuple[re.Pattern[str], ...], group: str, text: str) -> str | None:
    """What the first pattern that is found names; ``None`` where none is."""
    for pattern in patterns:
        found = pattern.search(text)
        named = (found.groupdict().get(group) or "").strip().rstrip(",;") if found else ""
        if named:
            return named
    return None
