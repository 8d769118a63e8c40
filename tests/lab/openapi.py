"""Enough of OpenAPI 3.0 to say whether JSON has what a schema requires, and nothing that it does not know."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip


class Description:
    """An API's description."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def reply(self, path: str, verb: str = "get", status: str = "200") -> dict[str, Any]:
        """The schema of a reply to a path as the description writes it."""
        reply = self._follow(self._document["paths"][path][verb]["responses"][status])
        return dict(reply["content"]["application/json"]["schema"])

    def parameters(self, path: str) -> set[str]:
        """The query parameters that a path takes."""
        given = (self._follow(p) for p in self._document["paths"][path]["get"].get("parameters", ()))
        return {p["name"] for p in given if p["in"] == "query"}

    def complaints(self, schema: dict[str, Any], value: Any, path: str = "") -> Iterator[str]:
        schema = self._whole(schema, value)
        kind = schema.get("type", "")
        if kind and not self._is(kind, value):
            yield f"{path}: {value!r} is no {kind}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{path}: {value!r} is not one of {schema['enum'][:20]}"
        if schema.get("format") == "date-time" and not _TIME.fullmatch(str(value)):
            yield f"{path}: {value!r} is no time"
        if schema.get("format") == "uuid" and not _is_uuid(str(value)):
            yield f"{path}: {value!r} is no identifier"
        if isinstance(value, dict) and "properties" in schema:
            for name in schema.get("required", ()):
                if name not in value:
                    yield f"{path}: lacks {name}"
            for name, inner in value.items():
                if name not in schema["properties"]:
                    yield f"{path}: knows no {name}"
                else:
                    yield from self.complaints(schema["properties"][name], inner, f"{path}/{name}")
        if isinstance(value, list):
            for at, inner in enumerate(value):
                yield from self.complaints(schema.get("items", {}), inner, f"{path}[{at}]")

    @staticmethod
    def _is(kind: str, value: Any) -> bool:
        return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))

    def _follow(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            here: Any = self._document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                here = here[name]
            schema = here
        return schema

    def _whole(self, schema: dict[str, Any], value: Any) -> dict[str, Any]:
        """A schema with its reference followed, its parts put together, and the kind that its discriminator names."""
        schema = self._follow(schema)
        chooser = schema.get("discriminator")
        if chooser and isinstance(value, dict):
            mapped = chooser.get("mapping", {}).get(value.get(chooser["propertyName"]))
            if mapped and self._follow({"$ref": mapped}) is not schema:
                return self._whole({"$ref": mapped}, None)
        if "allOf" not in schema:
            return schema
        properties = dict(schema.get("properties", {}))
        required = list(schema.get("required", ()))
        for part in schema["allOf"]:
            whole = self._whole(part, None)
            properties = whole.get("properties", {}) | properties
            required += whole.get("required", ())
        return schema | {"properties": properties, "required": required, "type": "object"}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
