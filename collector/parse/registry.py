"""Reader names of probe files and the code that they mean."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from collector.errors import DefinitionError
from collector.parse.reading import Reader


@cache
def reader(name: str) -> Reader:
    """The parser family of that name: ours and strangers' alike come from the entry points `collector.readers`."""
    found = [entry for entry in entry_points(group="collector.readers") if entry.name == name]
    if not found:
        known = ", ".join(sorted(e.name for e in entry_points(group="collector.readers")))
        raise DefinitionError(f"no reader {name!r}", f"there are {known}")
    if len(found) > 1:
        raise DefinitionError(f"two packages bring a reader {name!r}", "remove one of them")
    loaded: Reader = found[0].load()
    return loaded
