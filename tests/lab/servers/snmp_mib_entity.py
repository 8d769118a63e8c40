"""A device's ENTITY-MIB with what hangs on it: states of power supplies and fans, temperatures."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lab.model import Switch
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_mib_interfaces import CISCO, IF_ENTRY, IOS, if_name
from tests.lab.servers.snmp_table import Builder

ENT_ENTRY = "1.3.6.1.2.1.47.1.1.1.1"
ENT_ALIAS = "1.3.6.1.2.1.47.1.3.2.1.2"
ENT_STATE = "1.3.6.1.2.1.131.1.1.1"
SENSOR_ENTRY = "1.3.6.1.2.1.99.1.1.1"
FRU_POWER = "1.3.6.1.4.1.9.9.117.1.1.2.1"
FRU_MODULE = "1.3.6.1.4.1.9.9.117.1.2.1.1"
FRU_FAN = "1.3.6.1.4.1.9.9.117.1.4.1.1.1"
CISCO_SENSOR = "1.3.6.1.4.1.9.9.91.1.1.1.1"
CISCO_THRESHOLD = "1.3.6.1.4.1.9.9.91.1.2.1.1"
ENVMON = "1.3.6.1.4.1.9.9.13.1"

# PhysicalClass of ENTITY-MIB.
CLASS = {
    "other": 1,
    "chassis": 3,
    "container": 5,
    "psu": 6,
    "fan": 7,
    "sensor": 8,
    "module": 9,
    "port": 10,
    "stack": 11,
}
MAKER = {"arista_eos": "Arista Networks", "aruba_aoscx": "HPE Aruba Networking"}
CELSIUS, PERCENT_RH, UNITS = 8, 9, 9


@dataclass(frozen=True, slots=True)
class Part:
    """A row of entPhysicalTable; ``cls`` is a name of ``CLASS``, ``within`` the index that contains it."""

    index: int
    cls: str
    name: str
    description: str
    within: int = 0
    position: int = 1
    model: str = ""
    serial: str = ""
    version: str = ""
    maker: str = ""
    fru: bool = False


def add_part(made: Builder, part: Part) -> None:
    cells = [
        (2, ber.octets(part.description)),
        (3, ber.oid_value("0.0")),
        (4, ber.integer(part.within)),
        (5, ber.integer(CLASS.get(part.cls, 1))),
        (6, ber.integer(part.position)),
        (7, ber.octets(part.name)),
        (8, ber.octets("")),
        (9, ber.octets("")),
        (10, ber.octets(part.version)),
        (11, ber.octets(part.serial)),
        (12, ber.octets(part.maker)),
        (13, ber.octets(part.model)),
        (14, ber.octets("")),
        (15, ber.octets("")),
        (16, ber.integer(1 if part.fru else 2)),
    ]
    made.row(ENT_ENTRY, (part.index,), cells)


def add_sensor(made: Builder, index: int, kind: int, value: int, precision: int, units: str) -> None:
    """A row of ENTITY-SENSOR-MIB: ``value`` is scaled by ten to the power of ``precision``."""
    cells = [
        (1, ber.integer(kind)),
        (2, ber.integer(UNITS)),
        (3, ber.integer(precision)),
        (4, ber.integer(value)),
        (5, ber.integer(1)),
        (6, ber.octets(units)),
        (7, ber.timeticks(100)),
        (8, ber.gauge32(60000)),
    ]
    made.row(SENSOR_ENTRY, (index,), cells)


def add_entities(made: Builder, switch: Switch) -> None:
    unnamed = switch.platform == "arista_eos"  # EOS has its texts in entPhysicalDescr and leaves the names empty
    maker = MAKER.get(switch.platform, "Cisco Systems, Inc.")
    stacked = sum(c.cls == "chassis" for c in switch.components) > 1
    base = 1
    if stacked and not any(c.cls == "stack" for c in switch.components):
        add_part(made, Part(1, "stack", f"{switch.model} Stack", f"{switch.model} Stack", maker=maker))
        base = 2
    chassis: dict[int, int] = {}
    for at, part in enumerate(switch.components):
        index = base + at
        inside = 1 if stacked and part.cls == "chassis" else chassis.get(part.member, 0)
        if part.cls == "chassis":
            chassis.setdefault(part.member, index)
        if part.cls == "stack":
            inside = 0
        version = part.version or (switch.version if part.cls in ("chassis", "module") else "")
        row = Part(
            index,
            part.cls,
            "" if unnamed else part.name,
            part.description,
            inside,
            part.member,
            part.model,
            part.serial,
            version,
            maker,
        )
        add_part(made, row)
        _add_state(made, switch, index, part.cls, part.ok, at)
        if switch.platform in IOS and part.cls in ("psu", "fan"):
            table = 5 if part.cls == "psu" else 4
            made.cell(f"{ENVMON}.{table}.1.2", (index,), ber.octets(part.name))
            made.cell(f"{ENVMON}.{table}.1.3", (index,), ber.integer(1 if part.ok else 6))
    _add_temperatures(made, switch, 2000, next(iter(chassis.values()), 0), unnamed=unnamed)
    for index, port in enumerate((p for p in switch.ports if p.kind == "ethernet"), start=10_001):
        name = if_name(switch.platform, port.name)
        text = port.name if unnamed else port.media or port.name
        inside = chassis.get(port.member, 0)
        add_part(made, Part(index, "port", "" if unnamed else name, text, inside, port.index % 1000))
        made.cell(ENT_ALIAS, (index, 0), ber.oid_value(f"{IF_ENTRY}.1.{port.index}"))
    made.scalar("1.3.6.1.2.1.47.1.4.1", ber.timeticks(5000))


def _add_state(made: Builder, switch: Switch, index: int, cls: str, ok: bool, at: int) -> None:
    """What works and what does not: CISCO-ENTITY-FRU-CONTROL-MIB on Cisco's newer software, else ENTITY-STATE-MIB."""
    if switch.platform == "cisco_ios":
        return
    if switch.platform in CISCO:
        if cls == "psu":
            made.row(FRU_POWER, (index,), [(1, ber.integer(1)), (2, ber.integer(2 if ok else 8)), (3, ber.integer(at))])
        elif cls == "fan":
            made.cell(f"{FRU_FAN}", (index,), ber.integer(2 if ok else 3))
        elif cls in ("module", "chassis"):
            made.row(FRU_MODULE, (index,), [(1, ber.integer(1)), (2, ber.integer(2 if ok else 7))])
        return
    # admin unlocked, oper enabled or disabled, usage active, alarm none or major, standby providing service
    states = (4, 3 if ok else 2, 3)
    cells = [(column, ber.integer(state)) for column, state in zip((2, 3, 4), states, strict=True)]
    made.row(ENT_STATE, (index,), [*cells, (5, ber.octets(b"\0" if ok else b"\x10")), (6, ber.integer(4))])


def _add_temperatures(made: Builder, switch: Switch, base: int, chassis: int, *, unnamed: bool) -> None:
    for at, sensor in enumerate(switch.sensors):
        index = base + at
        tenths = round(sensor.celsius * 10)
        add_part(made, Part(index, "sensor", "" if unnamed else sensor.name, sensor.name, chassis, at + 1))
        if switch.platform in IOS:
            state = 1 if sensor.ok else 2 if sensor.celsius < sensor.critical else 3
            cells = [(2, ber.octets(sensor.name)), (3, ber.gauge32(round(sensor.celsius)))]
            cells += [(4, ber.integer(round(sensor.critical))), (6, ber.integer(state))]
            made.row(f"{ENVMON}.3.1", (index,), cells)
        if switch.platform != "cisco_ios":
            add_sensor(made, index, CELSIUS, tenths, 1, "celsius")
        if switch.platform in ("cisco_xe", "cisco_nxos"):
            kept = [(1, CELSIUS), (2, UNITS), (3, 1), (4, tenths), (5, 1)]
            made.row(CISCO_SENSOR, (index,), [(column, ber.integer(value)) for column, value in kept])
            for number, (severity, limit) in enumerate(((10, sensor.warn), (30, sensor.critical)), start=1):
                over = 1 if sensor.celsius >= limit else 2
                marks = [(2, severity), (3, 4), (4, round(limit * 10)), (5, over), (6, 2)]
                made.row(CISCO_THRESHOLD, (index, number), [(column, ber.integer(value)) for column, value in marks])
