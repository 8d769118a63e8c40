"""The uninterruptible power supplies."""

from __future__ import annotations

from datetime import timedelta

from tests.lab.build.plan import Plan
from tests.lab.model import Ups


def build_ups(plan: Plan) -> tuple[Ups, ...]:
    tables = plan.tables.get("ups", {})
    found = []
    for number, (name, table) in enumerate(tables.items()):
        load = int(table.get("load_percent", plan.chance.number(28, 55, "load", name)))
        version = "NMC3 AOS v2.5.0.8 / SUMX v3.0.0.6"
        found.append(
            Ups(
                name=name,
                site=str(table.get("site", plan.site)),
                location=str(table.get("location", "")),
                snmp=plan.place("ups", number, "snmp"),
                manufacturer="Example Power",
                model="EP-3P-40K",
                serial=plan.chance.serial("AS9999999999", "ups", name),
                version=version,
                sys_descr=f"Example Power Network Management Card (MB:v4.3.7 PF:{version} MN:EP9643 HR:05)",
                sys_object_id="1.3.6.1.2.1.33",
                mac=plan.chance.mac("00:c0:b7", "ups", name),
                booted_at=plan.now - timedelta(days=plan.chance.number(60, 400, "ups-boot", name)),
                battery_status=str(table.get("battery_status", "normal")),
                runtime_min=int(table.get("runtime_min", 41)),
                charge_percent=int(table.get("charge_percent", 100)),
                on_battery=bool(table.get("on_battery", False)),
                load_percent=load,
                input_voltage=int(table.get("input_voltage", 231)),
                output_voltage=230,
                battery_voltage_dv=int(table.get("battery_voltage_dv", 2184)),
                battery_celsius=int(table.get("battery_celsius", 24)),
                room_celsius=float(table.get("room_celsius", 22.5)),
                room_humidity=int(table.get("room_humidity", 44)),
                alarms=int(table.get("alarms", 0)),
                faults=plan.faults(name),
                down=name in plan.down,
            )
        )
    return tuple(found)
