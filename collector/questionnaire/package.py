"""A workbook as the parts of its ZIP package: read with limits, written back part by part.

Source: ECMA-376 part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.errors import CollectorError
from collector.questionnaire.sheet import Sheet, parse, read_sheet, secure_parser

_LIMIT = 256 * 1024 * 1024
_RATIO = 200


@dataclass(slots=True)
class Package:
    """A workbook's parts by name, in their order, and its sheets' names with the parts that hold them."""

    parts: dict[str, bytes]
    infos: list[zipfile.ZipInfo]
    sheets: dict[str, str]
    names: dict[str, str]
    strings: list[str]

    def sheet(self, name: str) -> Sheet:
        part = self.sheets[name]
        return read_sheet(self.parts[part], self.strings, part)


def read_package(path: Path) -> Package:
    """Opens a workbook; raises CollectorError where it is none, or is made to harm."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            total = sum(i.file_size for i in infos)
            if total > _LIMIT or any(i.file_size > 1_000_000 and i.file_size > _RATIO * i.compress_size for i in infos):
                raise CollectorError(f"{path} unpacks to {total >> 20} MiB", "that is no questionnaire; not opened")
            parts = {i.filename: archive.read(i) for i in infos}
    except OSError as error:
        raise CollectorError(f"cannot read {path}: {error.strerror}", "check the path") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise CollectorError(f"{path} is not an XLSX workbook", "save it as .xlsx, without a password") from error
    if "xl/workbook.xml" not in parts:
        raise CollectorError(f"{path} is not an XLSX workbook", "save it as .xlsx")
    sheets, names = _workbook(parts)
    strings = _strings(parts["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in parts else []
    return Package(parts, infos, sheets, names, strings)


def write_package(package: Package, changed: Mapping[str, bytes], path: Path) -> None:
    """Writes the workbook with some parts changed; all others have the bytes that they had."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info in package.infos:
            body = changed.get(info.filename, package.parts[info.filename])
            archive.writestr(info, body, compress_type=info.compress_type)
    path.write_bytes(buffer.getvalue())


def recalculated(package: Package) -> dict[str, bytes]:
    """The workbook part, asking for all formulas to be worked out on opening, where it has any to work out."""
    data = package.parts["xl/workbook.xml"]
    if not any(b"<f" in package.parts[p] or b":f>" in package.parts[p] for p in package.sheets.values()):
        return {}
    if b"fullCalcOnLoad=" in data:
        return {}
    if b"<calcPr" in data:
        return {"xl/workbook.xml": data.replace(b"<calcPr", b'<calcPr fullCalcOnLoad="1"', 1)}
    for follower in (
        b"<oleSize",
        b"<customWorkbookViews",
        b"<pivotCaches",
        b"<fileRecoveryPr",
        b"<extLst",
        b"</workbook>",
    ):
        if follower in data:
            return {"xl/workbook.xml": data.replace(follower, b'<calcPr fullCalcOnLoad="1"/>' + follower, 1)}
    return {}


def _workbook(parts: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    """Sheet names with their parts, in the workbook's order; defined names with what they refer to."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}
    names: dict[str, str] = {}
    current = ""

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal current
        local = name.rpartition(":")[2]
        current = ""
        if local == "sheet":
            identity = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            target = targets.get(identity, "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if part in parts and "worksheets/" in part:
                sheets[attributes["name"]] = part
        elif local == "definedName":
            current = attributes.get("name", "")

    def characters(text: str) -> None:
        if current:
            names[current] = names.get(current, "") + text

    parser = secure_parser()
    parser.StartElementHandler = relation
    parse(parser, parts.get("xl/_rels/workbook.xml.rels", b"<r/>"), "xl/_rels/workbook.xml.rels")
    parser = secure_parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    parse(parser, parts["xl/workbook.xml"], "xl/workbook.xml")
    return sheets, names


def _strings(data: bytes) -> list[str]:
    """The shared strings; of rich text the runs together, of phonetic hints nothing."""
    strings: list[str] = []
    path: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        if path[-1] == "si":
            strings.append("")

    def end(_: str) -> None:
        path.pop()

    def characters(text: str) -> None:
        if path[-1] == "t" and "rPh" not in path:
            strings[-1] += text

    parser = secure_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parse(parser, data, "xl/sharedStrings.xml")
    return strings
