"""Platforms' manners: prompts, paging, errors, and which command gets which reply."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from tests.lab.model import Switch

Reply = Callable[[Switch, datetime], str]


@dataclass(frozen=True, slots=True)
class Manners:
    """``enable``: logins start without privilege and ask for a password. ``settings`` are lines that print their value."""

    module: str
    table: str
    more: str
    paging_off: tuple[str, ...]
    settings: Mapping[str, str]
    enable: bool
    invalid: str
    denied: str
    caret: bool = True


_TERMINAL = {"terminal width": "", "terminal length": "", "terminal monitor": "", "terminal no monitor": ""}

MANNERS: Mapping[str, Manners] = {
    "cisco_ios": Manners(
        "ios", "BOTH", " --More-- ", ("terminal length 0",), _TERMINAL, True,
        "% Invalid input detected at '^' marker.\n", "Command authorization failed.\n",
    ),
    "cisco_xe": Manners(
        "ios", "XE", " --More-- ", ("terminal length 0",), _TERMINAL, True,
        "% Invalid input detected at '^' marker.\n", "Command authorization failed.\n",
    ),
    "cisco_nxos": Manners(
        "nxos", "COMMANDS", "--More--", ("terminal length 0",), _TERMINAL, False,
        "% Invalid command at '^' marker.", "% Permission denied for the role",
    ),
    "arista_eos": Manners(
        "eos", "COMMANDS", " --More-- ", ("terminal length 0",),
        {"terminal length": "Pagination disabled.", "terminal width": "Width set to 511 columns."}, False,
        "% Invalid input", "% Authorization denied for command", caret=False,
    ),
    "aruba_aoscx": Manners(
        "cx", "COMMANDS", "-- MORE --, next page: Space, next line: Enter, quit: q", ("no page",), {"no page": ""}, False,
        "Invalid input: {word}", "Cannot execute command. Command not allowed.", caret=False,
    ),
}  # fmt: skip


@cache
def table(platform: str) -> Mapping[str, Reply]:
    """Every command of a platform and what renders its reply."""
    manners = MANNERS[platform]
    module = importlib.import_module(f"tests.lab.cli.{manners.module}")
    found: Mapping[str, Reply] = getattr(module, manners.table)
    return found


def prompt(switch: Switch, privileged: bool) -> str:
    return f"{switch.hostname}{'#' if privileged else '>'}{' ' if switch.platform == 'aruba_aoscx' else ''}"


def answer(switch: Switch, command: str, now: datetime, privileged: bool = True) -> str:
    """The reply to one command as text without prompt and echo; an unknown command gets the platform's error."""
    manners = MANNERS[switch.platform]
    known = table(switch.platform)
    words = " ".join(command.split())
    if words in known and (privileged or not _needs_privilege(switch, words)):
        return known[words](switch, now)
    for setting, text in manners.settings.items():
        if words == setting or words.startswith(setting + " "):
            return text
    if words.startswith("ping") or not words:
        return ""
    return _invalid(manners, known, words, prompt(switch, privileged))


def _needs_privilege(switch: Switch, words: str) -> bool:
    return MANNERS[switch.platform].enable and words.startswith(
        ("show running-config", "show startup-config", "show archive", "show logging")
    )


def _invalid(manners: Manners, known: Mapping[str, Reply], command: str, ps1: str) -> str:
    words = command.split()
    good = 0
    while good < len(words) and any(k.split()[: good + 1] == words[: good + 1] for k in known):
        good += 1
    wrong = words[min(good, len(words) - 1)]
    text = manners.invalid.format(word=wrong)
    if not manners.caret:
        return text
    column = len(ps1) + len(" ".join(words[:good])) + (1 if good else 0)
    return f"{' ' * column}^\n{text}"
