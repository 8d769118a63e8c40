"""What gives a platform away at a command line, as the ``[detect]`` tables of SSH probes say it.

::

    [detect]
    command = "show version"                     # the harmless command that is asked; this one where none is named
    reply = ['Acme Switch Software']             # patterns; one of them has to be found in its reply
    unlike = ['Acme-XE']                         # patterns that must not be found in it
    prompt = ['^<.*>$']                          # what its prompt or
    banner = ['Acme-SSH']                        # its SSH identification, banner and greeting look like: such a
                                                 # platform's command is asked first; it proves nothing by itself

Of several whose reply fits, the longest text found in it wins, then the first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from collector.errors import DefinitionError
from collector.model import Transport
from collector.probes.definition import ProbeDef

FIRST = "show version"

_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class ShellDetection:
    """What one platform looks like at a command line."""

    probe: str
    platform: str
    command: str
    reply: tuple[re.Pattern[str], ...]
    unlike: tuple[re.Pattern[str], ...]
    prompt: tuple[re.Pattern[str], ...]
    banner: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The probe whose platform a reply is of, and the text that says so."""

    probe: str
    platform: str
    command: str
    said: str


def shell_detections(probes: Mapping[str, ProbeDef]) -> tuple[ShellDetection, ...]:
    """What every SSH probe says of itself, in a fixed order; those without ``reply`` cannot be recognised."""
    found = (probe for probe in probes.values() if probe.transport is Transport.SSH and probe.detect.get("reply"))
    return tuple(_detection(probe) for probe in sorted(found, key=lambda p: p.name))


def _detection(probe: ProbeDef) -> ShellDetection:
    def patterns(key: str) -> tuple[re.Pattern[str], ...]:
        given = probe.detect.get(key, ())
        try:
            return tuple(re.compile(p, re.MULTILINE) for p in ((given,) if isinstance(given, str) else given))
        except re.error as error:
            raise DefinitionError(f"{probe.file}: detect: {key}: {error}", "mend the regular expression") from error

    return ShellDetection(
        probe=probe.name,
        platform=probe.platform,
        command=str(probe.detect.get("command", FIRST)),
        reply=patterns("reply"),
        unlike=patterns("unlike"),
        prompt=patterns("prompt"),
        banner=patterns("banner"),
    )


def commands(known: Iterable[ShellDetection], greeting: str, prompt: str) -> list[str]:
    """The commands to try, in order: those of platforms that look like it, ``show version``, then those that most name."""
    listed = list(known)
    likely = [d.command for d in listed if next(_likeness(d, greeting, prompt), None)]
    others = sorted(dict.fromkeys(d.command for d in listed), key=lambda c: -sum(d.command == c for d in listed))
    return list(dict.fromkeys([*likely, *(c for c in others if c == FIRST), *others]))


def recognise(known: Iterable[ShellDetection], replies: Mapping[str, str]) -> Recognised | None:
    """The platform that the replies, by command, are of."""
    fits = [fit for d in known if d.command in replies and (fit := _fit(d, replies[d.command][:_LIMIT]))]
    return max(fits, key=lambda fit: len(fit.said), default=None)


def likeness(known: ShellDetection, greeting: str, prompt: str) -> list[str]:
    """What else speaks for a platform, as plain sentences."""
    return list(_likeness(known, greeting, prompt))


def _fit(known: ShellDetection, reply: str) -> Recognised | None:
    said = [found[0] for pattern in known.reply if (found := pattern.search(reply))]
    if not said or any(pattern.search(reply) for pattern in known.unlike):
        return None
    return Recognised(known.probe, known.platform, known.command, max(said, key=len))


def _likeness(known: ShellDetection, greeting: str, prompt: str) -> Iterator[str]:
    if any(pattern.search(prompt) for pattern in known.prompt):
        yield f"its prompt is {prompt!r}"
    for pattern in known.banner:
        found = pattern.search(greeting[:_LIMIT])
        if found:
            yield f"it greets with {found[0]!r}"
            return
