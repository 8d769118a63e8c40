"""The engine knows no vendor and no criterion, and imports run one way."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = sorted((ROOT / "collector").rglob("*.py"))

#: Makers and product families that a hospital's infrastructure is bought from.
VENDORS = re.compile(
    r"\b(cisco\w*|arista\w*|aruba\w*|juniper\w*|junos|huawei\w*|fortinet|fortigate|fortios|palo ?alto\w*|pan-?os|hpe?_?procurve|"
    r"comware|ios-?xe|nx-?os|eos|aos-?cx|catalyst|nexus|meraki|mikrotik\w*|ubiquiti\w*|ruckus\w*|extreme\w*|checkpoint\w*|"
    r"veeam\w*|rubrik|cohesity|netbackup|vmware|vsphere|nutanix|proxmox|dell\w*|idrac|ilo|lenovo|supermicro|apc|eaton|vertiv|"
    r"samba|windows|microsoft)\b",
    re.IGNORECASE,
)
CRITERION = re.compile(r"\b(SEC|DC|TRN|MOB|COL)-\d-\d\d\b")

#: Which packages a package may import from, the data's path in order. What is not listed stands at the edge (the
#: command line) and may use all.
LAYERS = [
    {"errors", "model", "durations", "data", "needle"},
    {"facts"},
    {"probes"},
    {"parse", "sessions", "evidence", "identify", "store", "config", "inventory", "credentials", "schedule"},
    {"scan", "assess", "report", "questionnaire"},
    {"pipeline", "doctor"},
    {"cli", "__main__", "__init__"},
]


def package(path: Path) -> str:
    parts = path.relative_to(ROOT / "collector").parts
    return parts[0].removesuffix(".py")


def code_of(path: Path) -> str:
    return path.read_text()


@pytest.mark.parametrize("path", ENGINE, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_engine_names_no_vendor_and_no_criterion(path: Path) -> None:
    text = code_of(path)
    allowed = re.sub(r"microsoft(?= excel)|windows-\d+", "", text, flags=re.IGNORECASE)
    assert not VENDORS.search(allowed), f"{VENDORS.search(allowed)} belongs into probes/"
    assert not CRITERION.search(text), f"{CRITERION.search(text)} belongs into mappings/"


@pytest.mark.parametrize("path", ENGINE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    rank = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    own = package(path)
    assert own in rank, f"say in LAYERS where collector/{own} stands"
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        for name in names:
            if name.startswith("collector."):
                other = name.split(".")[1]
                assert rank[other] <= rank[own], f"collector/{own} imports collector/{other}, which comes later"


def test_every_package_is_in_one_layer() -> None:
    flat = [name for layer in LAYERS for name in layer]
    assert len(flat) == len(set(flat))


def test_probes_name_no_criterion_and_mappings_no_vendor() -> None:
    for path in (ROOT / "probes").rglob("*.toml"):
        assert not CRITERION.search(path.read_text()), path
    for path in (ROOT / "mappings").rglob("*.toml"):
        if "lifecycle" in path.name or "cases" in path.parts:
            continue
        for line in path.read_text().splitlines():
            if line.strip().startswith(("of =", "pass =", "where =", "sql =", "scope =")):
                assert not VENDORS.search(line), f"{path}: {line}"
