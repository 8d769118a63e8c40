"""Ports that a command names by their number alone: ``1/1/2`` is ``GigabitEthernet1/1/2`` where another one says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: Converters of fields that hold a port of the device itself, in whichever form the command prints it.
OWN_PORTS = frozenset({"own_port", "own_ports"})

_NAME = re.compile(r"[\d.]*[A-Za-z]*[Ee]thernet(?P<number>\d[\d/:]*)")


def port_numbers(names: Iterable[str]) -> dict[str, str]:
    """The numbers that are the end of one Ethernet port's name alone, with that name."""
    found: dict[str, str] = {}
    for name in names:
        if match := _NAME.fullmatch(name):
            number = match["number"]
            found[number] = name if found.get(number, name) == name else ""
    return {number: name for number, name in found.items() if name}


def named(value: Any, ports: Mapping[str, str]) -> Any:
    """A port, or a list of them, by its full name; a number that nothing else names stays."""
    if isinstance(value, list):
        return [ports.get(port, port) for port in value]
    return ports.get(value, value) if isinstance(value, str) else value
