"""Cisco IOS-XE: the policies that are applied to interfaces, class by class with their counters."""

from __future__ import annotations

from datetime import datetime

from tests.lab.cli.text import lines
from tests.lab.model import Port, QosPolicy, Switch

#: Of a port's packets, the share of each class in thousandths; the default class has the rest.
_SHARE = {"VOICE": 40, "VIDEO": 15, "SIGNALLING": 5, "CLINICAL": 180}
MARKS = {"VOICE": ("ef", 46), "VIDEO": ("af41", 34), "SIGNALLING": ("cs3", 24), "CLINICAL": ("af31", 26)}


def show_policy_map_interface(s: Switch, now: datetime) -> str:
    policies = {q.name: q for q in s.qos}
    rows: list[str] = []
    for p in s.ports:
        if p.kind != "ethernet" or not (p.policy_in or p.policy_out):
            continue
        rows += [f" {p.name} ", ""]
        rows += _input(p, policies[p.policy_in]) if p.policy_in else []
        rows += _output(p, policies[p.policy_out]) if p.policy_out else []
    return lines(rows)


def _input(p: Port, policy: QosPolicy) -> list[str]:
    rows = [f"  Service-policy input: {policy.name}", ""]
    for name, packets in _classes(policy, p.counters.in_packets):
        rows += [f"    Class-map: {name} (match-any)  ", f"      {packets} packets", _match(name), ""]
    return rows


def _output(p: Port, policy: QosPolicy) -> list[str]:
    rows = [f"  Service-policy output: {policy.name}", ""]
    if policy.priority_class:
        rows += [
            "    queue stats for all priority classes:",
            "      Queueing",
            "      priority level 1",
            "      ",
            "      (total drops) 0",
            f"      (bytes output) {p.counters.out_octets * 4 // 100}",
            "",
        ]
    for name, packets in _classes(policy, p.counters.out_packets):
        rows += [f"    Class-map: {name} (match-any)  ", f"      {packets} packets", _match(name)]
        if name == policy.priority_class:
            rows += ["      Priority: Strict,", "      ", "      Priority Level: 1 "]
        else:
            rows += ["      Queueing", "      ", f"      (total drops) {p.counters.out_errors}"]
        rows.append("")
    return rows


def _classes(policy: QosPolicy, packets: int) -> list[tuple[str, int]]:
    parts = [(name, packets * _SHARE[name] // 1000) for name in policy.classes]
    return [*parts, ("class-default", packets - sum(count for _, count in parts))]


def _match(name: str) -> str:
    if name == "class-default":
        return "      Match: any  "
    word, number = MARKS[name]
    return f"      Match:  dscp {word} ({number})"
