"""Single fields of recorded replies: version, serial, model, hostname, neighbours, VLANs, access points, NTP.

The names of ntc-templates' values are mapped to fields of our facts. A truth's value agrees when a fact of the same thing has it:
case and punctuation are folded, port names written out, and one value that holds the other whole counts; numbers must be equal.
Things are matched row by row, each fact standing for one row: the fact that agrees in most fields. A recording of a command that
no request reads counts as not agreeing. The truth is what ntc-templates reads from these very files: its own figure on them is 100 %
by construction, so it stands here for orientation only. On recordings kept aside it got 74 %.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from agreement import agree, folded
from cli_truth import Recording

from collector.model import Fact
from collector.parse.convert import interface_name
from collector.parse.files import FileResult

#: Whose agreement the first table holds.
NAMED = ("cisco_ios", "cisco_xe", "cisco_xr", "cisco_nxos", "cisco_asa", "juniper_junos")


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of our facts and the names that truths give it, the best first; ``same`` says whether two values agree."""

    field: str
    names: tuple[str, ...]
    same: Callable[[str, str], bool]
    any_of: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """What is compared of the commands that match ``command``: facts of ``kinds`` stand for rows, those of ``lent`` add to a list.

    ``needs`` are names of which a truth's rows have one, where commands of one name list different things.
    """

    name: str
    command: re.Pattern[str]
    kinds: tuple[str, ...]
    fields: tuple[Compared, ...]
    lent: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()


def port(truth: str, ours: str) -> bool:
    """The same port, short or written out, or one name within the other and not within a number of it."""
    if folded(truth) == folded(ours):
        return bool(folded(ours))
    one, other = (re.sub(r"[^0-9a-z/.:]", "", interface_name(name).lower()) for name in (truth, ours))
    short, long = sorted((one, other), key=len)
    return bool(short) and bool(re.search(rf"(?<![\d/.]){re.escape(short)}(?![\d/.])", long))


def number(truth: str, ours: str) -> bool:
    return truth.strip().lstrip("0") == ours.strip().lstrip("0")


def yes_no(truth: str, ours: str) -> bool:
    """A clock's state in words against ours."""
    return (not re.search(r"(?i)\bun|\bnot\b", truth)) == (ours == "True")


def _compared(field: str, names: str, same: Callable[[str, str], bool] = agree, *, any_of: bool = False) -> Compared:
    return Compared(field, tuple(names.split()), same, any_of)


def _topic(name: str, command: str, kind: str, *fields: Compared, lent: tuple[str, ...] = (), needs: str = "") -> Topic:
    return Topic(name, re.compile(command), tuple(kind.split()), fields, lent, frozenset(needs.split()))


_PARTS = ("component", "stack_member")

TOPICS = (
    _topic(
        "device",
        r"^(show|display) version\b(?! module)|^show (system|hostname|system id|system info|sysinfo|sys-info|running-config hostname)$"
        r"|^get system status$|^system (identity|resource|routerboard) print$|^show version all$|^show unit$",
        "device",
        _compared(
            "version",
            "version software_version sw_version junos_version vrp_version image_version os product_version "
            "operational_software image",
            any_of=True,
        ),
        _compared("serial", "serial serial_number serial_num system_serial device_serial_number"),
        _compared("model", "model hardware board_name platform switch_model product hardware_model model_name"),
        _compared("hostname", "hostname system_name identity name"),
        lent=_PARTS,
    ),
    _topic(
        "inventory",
        r"\binventory\b|^show chassis hardware|^display device manuinfo|^show module$|^show chassis$",
        "component stack_member access_point device",
        _compared("model", "pid model model_name device_name"),
        _compared("serial", "sn serial serial_num serial_number device_serial_number"),
    ),
    _topic(
        "neighbor",
        r"\b(lldp|cdp)\b.*(neighbo|remote-|all)|^ip neighbor print|^diagnose lldprx",
        "neighbor",
        _compared("local_interface", "local_interface port_txt interface", port),
        _compared("remote_host", "neighbor_name neighbor system_name_data identity"),
        _compared(
            "remote_interface",
            "neighbor_interface neighbor_port_id neighbor_port_description neighbor_interface_description port_id_data interface_name",
            port,
            any_of=True,
        ),
    ),
    _topic(
        "vlan",
        r"^(show|display) vlans?( all| brief| description)?$",
        "vlan",
        _compared("id", "vlan_id tag", number),
        _compared("name", "vlan_name"),
        needs="vlan_name",
    ),
    _topic(
        "access_point",
        r"^show ap (summary|database|config general)|^display ap all",
        "access_point",
        _compared("name", "ap_name name"),
        _compared("model", "ap_model model type"),
        _compared("serial", "serial serial_number"),
    ),
    _topic(
        "ntp peers",
        r"\bs?ntp (assoc|peer|server)",
        "ntp_peer",
        _compared("address", "remote address peer server ip_address neighbor remote_address"),
        _compared("reference", "ref_id reference refid reference_clock ref_clock"),
        _compared("stratum", "stratum st", number),
    ),
    _topic(
        "ntp status",
        r"\bntp status",
        "ntp_status",
        _compared("synchronised", "clock_status clock_state synchronization_state status", yes_no),
        _compared("stratum", "clock_stratum stratum", number),
        _compared("reference", "reference_clock_id reference reference_clock ref_id"),
    ),
)


@dataclass(frozen=True, slots=True)
class Miss:
    """A value of the truth that no fact has."""

    platform: str
    recording: str
    topic: str
    field: str
    truth: str
    ours: str


def compare(
    platform: str, recording: Recording, result: FileResult | None
) -> tuple[Counter[tuple[str, str]], list[Miss]]:
    """How many values of each topic's fields the truth has, and those that were missed."""
    asked: Counter[tuple[str, str]] = Counter()
    missed: list[Miss] = []
    for topic in TOPICS:
        if not topic.command.search(recording.command) or (
            topic.needs and not any(topic.needs & r.keys() for r in recording.rows)
        ):
            continue
        facts = [f for f in result.facts if f.kind in topic.kinds] if result else []
        lent = [f for f in result.facts if f.kind in topic.lent] if result else []
        for wanted, fact in _matched(topic, _wanted(topic, platform, recording), facts):
            for compared, values in wanted:
                asked[topic.name, compared.field] += 1
                ours = _texts(fact, compared) if fact else []
                ours += [text for other in lent for text in _texts(other, compared)]  # of members of a stack, say
                if not compared.any_of:
                    good = all(any(compared.same(v, o) for o in ours) for v in values)
                else:
                    good = any(compared.same(v, o) for v in values for o in ours)
                if not good:
                    missed.append(
                        Miss(platform, recording.name, topic.name, compared.field, " / ".join(values), " / ".join(ours))
                    )
    return asked, missed


_Wanted = list[tuple[Compared, list[str]]]


def _wanted(topic: Topic, platform: str, recording: Recording) -> list[_Wanted]:
    """What the truth's rows say of a topic's fields; rows that say nothing are left out."""
    if platform == "juniper_junos" and topic.name == "inventory":
        return _parts(recording, topic)
    cdp = "cdp" in recording.command
    found = []
    for row in recording.rows:
        wanted: _Wanted = []
        for compared in topic.fields:
            names = compared.names + (("chassis_id",) if cdp and compared.field == "remote_host" else ())
            said = [values for name in names if (values := _said(row.get(name)))]
            if topic.name == "neighbor":  # a list is a name that went over several lines
                said = [["".join(values)] for values in said]
            if said:
                wanted.append((compared, list(chain.from_iterable(said)) if compared.any_of else said[0]))
        if wanted and wanted not in found:  # of a thing that a truth lists once a port, or whose number was masked
            found.append(wanted)
    return found


def _parts(recording: Recording, topic: Topic) -> list[_Wanted]:
    """Rows that hold a whole branch of the hardware, a part of which is a group of columns of one prefix: each part once."""
    model, serial = topic.fields
    found: list[_Wanted] = []
    for row in recording.rows:
        for name, value in row.items():
            prefix = name.removesuffix("_serial_number")
            if prefix == name or not _said(value) or value == "BUILTIN":
                continue
            said = [text for end in ("_part", "_description") for text in _said(row.get(prefix + end))]
            part = [(serial, [value]), *([(replace(model, any_of=True), said)] if said else [])]
            if part not in found:
                found.append(part)
    return found


def _said(value: object) -> list[str]:
    if isinstance(value, list):
        return [v.strip() for v in value if isinstance(v, str) and folded(v) and v != "None"]
    text = str(value).strip() if value is not None else ""
    return [text] if folded(text) and text.lower() not in ("n/a", "none", "null", "unknown") else []


def _matched(topic: Topic, rows: Sequence[_Wanted], facts: Sequence[Fact]) -> list[tuple[_Wanted, Fact | None]]:
    """Each row with the fact that agrees with it in most fields; a fact stands for one row, the only device for all."""
    left = list(facts)
    pairs: dict[int, Fact | None] = {}
    scored = sorted(
        ((-_score(wanted, fact), r, f) for r, wanted in enumerate(rows) for f, fact in enumerate(facts)),
    )
    taken: set[int] = set()
    for score, r, f in scored:
        if r not in pairs and f not in taken and (score or topic.name in ("device", "ntp status")):
            pairs[r] = left[f]
            if topic.name not in ("device", "ntp status"):
                taken.add(f)
    return [(wanted, pairs.get(r)) for r, wanted in enumerate(rows)]


def _score(wanted: _Wanted, fact: Fact) -> int:
    return sum(any(compared.same(v, o) for v in values for o in _texts(fact, compared)) for compared, values in wanted)


def _texts(fact: Fact, compared: Compared) -> list[str]:
    value = fact.value.get(compared.field)
    return [] if value is None else [str(value)]


def show_fields(judged: Sequence[tuple[str, Recording, FileResult | None]], *, verbose: bool) -> None:
    """Two tables, of the platforms that a figure was asked of and of all others, after the values that were missed."""
    asked: dict[str, Counter[tuple[str, str]]] = {}
    missed: list[Miss] = []
    for platform, recording, result in judged:
        counts, misses = compare(platform, recording, result)
        asked.setdefault(platform, Counter()).update(counts)
        missed += misses
    for miss in missed:
        line = f"{miss.platform:15} {miss.recording}: {miss.topic}.{miss.field}: {miss.truth!r}, here {miss.ours!r}"
        print(line if verbose or len(line) < 200 else line[:199] + "…")
    named = [p for p in asked if p in NAMED]
    _table(named, asked, missed)
    _table([p for p in asked if p not in NAMED], asked, missed)
    print(
        "\nntc-templates alone is at 100 % on these files by construction: they are its own test data, and the truth is what it reads.\n"
        "cisco_ios and cisco_xe are measured on the same recordings."
    )


def _table(platforms: Sequence[str], asked: Mapping[str, Counter[tuple[str, str]]], missed: Sequence[Miss]) -> None:
    wrong = Counter((m.platform, m.topic, m.field) for m in missed)
    print(f"\n{'platform':20} {'field':28} {'agree':>6} {'of':>6}  share")
    sums: Counter[str] = Counter()
    for platform in platforms:
        total, bad = asked[platform].total(), 0
        for topic, field in sorted(asked[platform], key=_place):
            count, off = asked[platform][topic, field], wrong[platform, topic, field]
            bad += off
            print(f"{platform:20} {topic + ' ' + field:28} {count - off:6} {count:6} {1 - off / count:6.1%}")
        if total:
            print(f"{platform:20} {'all':28} {total - bad:6} {total:6} {1 - bad / total:6.1%}")
        sums.update(total=total, bad=bad)
    if sums["total"]:
        good = sums["total"] - sums["bad"]
        print(f"{'all of these':20} {'':28} {good:6} {sums['total']:6} {good / sums['total']:6.1%}")


def _place(field: tuple[str, str]) -> tuple[int, str]:
    return [t.name for t in TOPICS].index(field[0]), field[1]
