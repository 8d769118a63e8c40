"""Learning what a device is at its command line, in one login: harmless commands until a reply is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collector.errors import SessionError
from collector.identify.identity import identify_captures, tells
from collector.model import Capture, Transport
from collector.parse.instead import needed
from collector.probes.definition import ProbeDef
from collector.probes.shell import Recognised, ShellDetection, commands, likeness, recognise, shell_detections
from collector.sessions import guard
from collector.sessions.contract import Opening, denied, plain
from collector.sessions.ssh import SshSession


@dataclass(frozen=True, slots=True)
class ShellReading:
    """The captures of the recognised platform's own `device` requests, and what gave it away, in plain sentences."""

    captures: tuple[Capture, ...] = ()
    because: tuple[str, ...] = ()


def shell_probe(probes: Mapping[str, ProbeDef], platform: str | None) -> ProbeDef | None:
    """The SSH probe of a platform."""
    return next((p for p in probes.values() if p.transport is Transport.SSH and p.platform == platform), None)


def anybody(probes: Mapping[str, ProbeDef]) -> ProbeDef:
    """A probe for a device that nobody knows yet. It may send just the commands that probes are recognised by.

    Raises GuardError where such a command is not on its own probe's allow-list.
    """
    allowed = {}
    for known in shell_detections(probes):
        guard.check_command(probes[known.probe], known.command)
        allowed[known.command] = re.compile(re.escape(known.command))
    session = {"read_timeout_s": 15}
    return ProbeDef("identify", "*", Transport.SSH, "", "1", (), session=session, allow=tuple(allowed.values()))


def read_shell(opening: Opening, probes: Mapping[str, ProbeDef]) -> ShellReading:
    """What a device says of itself over SSH. ``opening`` holds the probe of what it is thought to be, or ``anybody``.

    Raises SessionError where the login fails; what fails after it is said in ``because``.
    """
    known = shell_detections(probes)
    session = SshSession(opening)
    try:
        return _read(session, opening, probes, known)
    finally:
        session.close()


def _read(
    session: SshSession, opening: Opening, probes: Mapping[str, ProbeDef], known: Sequence[ShellDetection]
) -> ShellReading:
    thought = opening.probe
    mine = next((d for d in known if d.probe == thought.name), None)
    if thought.platform != "*" and mine is None:  # nothing says how such a device is recognised
        own = _device(session, opening, {})
        if _tells_much(own, probes):
            return ShellReading(own)
    replies: dict[str, tuple[str, bool]] = {}
    try:
        no = _refusals(probes)
        found = _try([mine.command], session, known, replies, no) if mine else None
        if found is None:
            if thought.platform != "*":
                session.become(anybody(probes))
            found = _try(commands(known, session.greeting, session.prompt), session, known, replies, no)
        if found is None:
            because = _unrecognised(replies, session)
            if thought.platform == "*":
                return ShellReading((), because)
            session.become(thought)
            return ShellReading(_device(session, opening, {}), because)
        because = _because(found, known, session)
        probe = probes[found.probe]
        if probe.name != thought.name:
            session.become(probe)
        if thought.platform not in ("*", probe.platform):
            because = (*because, f"it was taken for {thought.platform!r}")
    except SessionError as error:
        asked = f" after {', '.join(f'`{c}`' for c in replies)}" if replies else ""
        return ShellReading((), (f"ssh: {error.outcome}{asked}: {error}",))
    whole = {command: text for command, (text, ended) in replies.items() if ended}
    return ShellReading(_device(session, replace(opening, probe=probe), whole), because)


def _try(
    asked: Sequence[str],
    session: SshSession,
    known: Sequence[ShellDetection],
    replies: dict[str, tuple[str, bool]],
    refusals: Sequence[re.Pattern[str]],
) -> Recognised | None:
    """Asks one command after the other until a reply is recognised. ``replies`` grows: text, and whether it was whole.

    Raises SessionError ``denied`` where the account may not ask: more commands would only fill the device's log.
    """
    for command in asked:
        if command not in replies:
            replies[command] = session.peek(command)
            found = recognise(known, {c: text for c, (text, _) in replies.items()})
            if found is not None:
                return found
            head = replies[command][0][:800]
            refused = next((m for p in refusals if (m := p.search(head))), None)
            if refused is not None:
                raise denied(plain(refused[0], 120), "allow the account the commands that `[detect]` of probes names")
    return None


def _refusals(probes: Mapping[str, ProbeDef]) -> list[re.Pattern[str]]:
    """How command lines say that an account may not ask something, whatever they are."""
    texts = (t for p in probes.values() if p.transport is Transport.SSH for t in _denials(p))
    return [re.compile(text, re.MULTILINE) for text in dict.fromkeys(texts)]


def _denials(probe: ProbeDef) -> Sequence[str]:
    texts: Sequence[str] = probe.session.get("failure", {}).get("denied", ())
    return texts


def _tells_much(captures: Sequence[Capture], probes: Mapping[str, ProbeDef]) -> bool:
    found = identify_captures(captures, probes)
    return bool(found.model or found.version or found.serial)


def _device(session: SshSession, opening: Opening, replies: Mapping[str, str]) -> tuple[Capture, ...]:
    """The platform's own requests for its identity; what was replied already is not asked again."""
    captures: list[Capture] = []
    telling = [request for request in opening.probe.collected if tells(request)]
    replied = [request for request in telling if all(command in replies for command in request.send)]
    spared = {request.instead_of for request in replied}
    for request in telling:
        if request in replied:
            captures += [
                opening.capture(request, replies[command].encode(), page=page, what=command)
                for page, command in enumerate(request.send)
            ]
        elif request.name not in spared and needed(opening.probe, request, captures):
            captures += session.fetch(request)
    return tuple(captures)


def _because(found: Recognised, known: Sequence[ShellDetection], session: SshSession) -> tuple[str, ...]:
    detection = next(d for d in known if d.probe == found.probe)
    said = f"its reply to `{found.command}` has {plain(found.said, 120)!r}"
    return (said, *(plain(line, 200) for line in likeness(detection, session.greeting, session.prompt)))


def _unrecognised(replies: Mapping[str, tuple[str, bool]], session: SshSession) -> tuple[str, ...]:
    """What is known of a device that no probe recognises: enough to write one."""
    said: dict[str, list[str]] = {}
    for command, (text, _) in replies.items():
        line = next((t for t in text.split("\n") if t.strip(" ^")), "")
        said.setdefault(plain(line, 120), []).append(f"`{command}`")
    lines = (f"{line!r} to {', '.join(asked)}" for line, asked in said.items() if line)
    return (f"ssh: no probe knows its replies; its prompt is {plain(session.prompt, 80)!r}", *lines)
