"""A UPS's UPS-MIB (RFC 1628), and the room's temperature and humidity in ENTITY-SENSOR-MIB."""

from __future__ import annotations

from tests.lab.model import Ups
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp_mib_entity import CELSIUS, PERCENT_RH, Part, add_part, add_sensor
from tests.lab.servers.snmp_mib_interfaces import IF_ENTRY, IFX_ENTRY, add_system
from tests.lab.servers.snmp_table import Builder

UPS = "1.3.6.1.2.1.33.1"
_BATTERY = {"unknown": 1, "normal": 2, "low": 3, "depleted": 4}
ON_BATTERY, ON_MAINS = 5, 3
ALARM_ON_BATTERY, ALARM_BATTERY_BAD = f"{UPS}.6.3.2", f"{UPS}.6.3.1"


def build_ups(ups: Ups) -> Builder:
    made = Builder()
    add_system(made, ups, ups.name, 72)
    identity = (ups.manufacturer, ups.model, ups.version, ups.version, ups.name, "Racks of this room")
    for leaf, text in enumerate(identity, start=1):
        made.scalar(f"{UPS}.1.{leaf}", ber.octets(text))
    _add_battery(made, ups)
    _add_lines(made, ups)
    _add_parts(made, ups)
    _add_card(made, ups)
    return made


def _add_battery(made: Builder, ups: Ups) -> None:
    values = {
        1: _BATTERY.get(ups.battery_status, 1),
        2: 340 if ups.on_battery else 0,
        3: ups.runtime_min,
        4: ups.charge_percent,
        5: ups.battery_voltage_dv,
        6: 120 if ups.on_battery else 0,
        7: ups.battery_celsius,
    }
    for leaf, value in values.items():
        made.scalar(f"{UPS}.2.{leaf}", ber.integer(value))
    made.scalar(f"{UPS}.6.1", ber.gauge32(ups.alarms))
    named = [ALARM_ON_BATTERY] if ups.on_battery else []
    named += [ALARM_BATTERY_BAD] * (ups.alarms - len(named))
    for number, kind in enumerate(named[: ups.alarms], start=1):
        made.row(f"{UPS}.6.2.1", (number,), [(2, ber.oid_value(kind)), (3, ber.timeticks(1000 * number))])


def _add_lines(made: Builder, ups: Ups) -> None:
    made.scalar(f"{UPS}.3.1", ber.counter32(3))
    made.scalar(f"{UPS}.3.2", ber.integer(1))
    mains = 0 if ups.on_battery else ups.input_voltage
    made.row(f"{UPS}.3.3.1", (1,), [(2, ber.integer(500)), (3, ber.integer(mains)), (4, ber.integer(42))])
    made.scalar(f"{UPS}.4.1", ber.integer(ON_BATTERY if ups.on_battery else ON_MAINS))
    made.scalar(f"{UPS}.4.2", ber.integer(500))
    made.scalar(f"{UPS}.4.3", ber.integer(1))
    watts = ups.load_percent * 80
    cells = [(2, ups.output_voltage), (3, watts * 10 // max(ups.output_voltage, 1)), (4, watts), (5, ups.load_percent)]
    made.row(f"{UPS}.4.4.1", (1,), [(column, ber.integer(value)) for column, value in cells])


def _add_parts(made: Builder, ups: Ups) -> None:
    made_by = ups.manufacturer
    add_part(made, Part(1, "chassis", ups.model, ups.model, 0, 1, ups.model, ups.serial, ups.version, made_by))
    add_part(made, Part(2, "sensor", "Room temperature", "Room temperature sensor", 1, 1))
    add_part(made, Part(3, "sensor", "Room humidity", "Room humidity sensor", 1, 2))
    add_sensor(made, 2, CELSIUS, round(ups.room_celsius * 10), 1, "celsius")
    add_sensor(made, 3, PERCENT_RH, ups.room_humidity, 0, "%RH")


def _add_card(made: Builder, ups: Ups) -> None:
    """The network card's one interface."""
    made.scalar("1.3.6.1.2.1.2.1", ber.integer(1))
    numbers = [(1, ber.integer(1)), (3, ber.integer(6)), (4, ber.integer(1500)), (5, ber.gauge32(100_000_000))]
    made.row(
        IF_ENTRY,
        (1,),
        [*numbers, (2, ber.octets("eth0")), (6, ber.mac(ups.mac)), (7, ber.integer(1)), (8, ber.integer(1))],
    )
    made.row(IFX_ENTRY, (1,), [(1, ber.octets("eth0")), (15, ber.gauge32(100)), (18, ber.octets(""))])
