"""``docs/facts.md``, made from ``kinds.toml``: ``python -m collector.facts.reference > docs/facts.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta

from collector.facts.kinds import SQL_TYPES, Field, Kind, kinds

_HEAD = """\
# Fact kinds

This page is generated from `collector/facts/kinds.toml` (`python -m collector.facts.reference > docs/facts.md`); a test
fails when it is out of date.

Each kind is a table that rules and `collector query` read. Every table has these columns before its own:

| column | type | |
|---|---|---|
| `target` | `VARCHAR` | name of the target |
| `key` | `VARCHAR` | what tells the rows of one target apart |
| `observed_at` | `TIMESTAMP` | when it was read, UTC |
| `evidence` | `VARCHAR[]` | hashes of the captures that it was read from, the main one first |

A field that a source does not give, or gives in a form that cannot be read, is `NULL`: not known. *Volatile* fields change
by themselves and make no drift; where two readings of a device disagree in a field that *varies*, that is no
[`reading_conflict`](#reading_conflict). A reading older than its kind's *stands for* counts as not read: its rows are left out
and its outcome is `not_collected`.

## Tables beside the kinds

| table | columns |
|---|---|
| `target` | `target`, `address`, `platform`, `family`, `site`, `role`, `tags` `VARCHAR[]`, `transports` `VARCHAR[]`, \
`unverified` `VARCHAR[]` (transports whose other end nobody verifies) |
| `outcome` | `target`, `kind`, `outcome`, `detail`, `rows` `BIGINT`, `observed_at` `TIMESTAMP` |
| `read_ok` | `target`, `kind`: the outcomes that are `ok`. A kind that is here and has no row on the target has proven none |
| `listed` | `list`, `item`: the `[lists]` of the configuration |
| `clock` | `now` `TIMESTAMP`: one row, the moment that ages are measured from, UTC |

Some names are words of SQL (`index`, `group`): write them in double quotes.
"""


def facts_page() -> str:
    """The whole page."""
    found = kinds()
    parts = [_HEAD, "## Kinds\n", *(f"- [`{k.name}`](#{k.name}): {_sentence(k.doc)}" for k in found.values()), ""]
    parts += [line for kind in found.values() for line in _section(kind)]
    return "\n".join(parts)


def _sentence(text: str) -> str:
    return text[0].lower() + text[1:].rstrip(".")


def _section(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name}\n"
    yield f"{kind.doc}\n"
    yield f"Key: {kind.key}. Stands for: {_span(kind.fresh)}. Read from: {kind.source}.\n"
    yield "| field | type | |"
    yield "|---|---|---|"
    yield from (_row(f) for f in kind.fields.values())
    yield ""


def _row(field: Field) -> str:
    doc = field.doc.replace("|", "\\|")
    marks = ("*volatile*" if field.volatile else "", "*varies*" if field.varies else "")
    said = ", ".join(part for part in (doc, *marks) if part)
    return f"| `{field.name}` | `{SQL_TYPES[field.type]}` | {said} |"


def _span(span: timedelta) -> str:
    return f"{span.days} days" if span.days > 1 else f"{int(span.total_seconds() // 3600)} hours"


if __name__ == "__main__":
    sys.stdout.write(facts_page())
