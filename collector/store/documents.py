"""Targets as the JSON documents that the store keeps of them."""

from __future__ import annotations

import json
from typing import Any

from collector.facts.sets import canonical
from collector.model import Endpoint, Target, Transport


def target_document(target: Target) -> bytes:
    """The target with its endpoints; credentials are names, never secrets."""
    return canonical(
        {
            "name": target.name,
            "address": target.address,
            "platform": target.platform,
            "family": target.family,
            "site": target.site,
            "role": target.role,
            "tags": list(target.tags),
            "endpoints": [_endpoint(e) for e in target.endpoints],
        }
    )


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "transport": str(endpoint.transport),
        "port": endpoint.port,
        "credential": endpoint.credential,
        "connect_timeout_s": endpoint.connect_timeout_s,
        "deadline_s": endpoint.deadline_s,
        "options": {name: _plain(value) for name, value in endpoint.options.items()},
    }


def _plain(value: Any) -> Any:
    """An option's value as JSON has it: a path and the like as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else str(value)


def target_of(document: bytes) -> Target:
    """The inverse of ``target_document``."""
    table = json.loads(document)
    endpoints = tuple(
        Endpoint(
            transport=Transport(e["transport"]),
            port=e["port"],
            credential=e["credential"],
            connect_timeout_s=e["connect_timeout_s"],
            deadline_s=e["deadline_s"],
            options=e["options"],
        )
        for e in table.pop("endpoints")
    )
    return Target(**{**table, "tags": tuple(table["tags"])}, endpoints=endpoints)
