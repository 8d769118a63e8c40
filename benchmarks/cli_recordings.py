"""The switch probes against recorded replies of real devices, row counts compared with what others read of them.

A local check: the recordings are no part of the project, and without them it says so and ends. They are found in
`../shared/recordings/cli.tar.xz` beside the checkout (`PLATFORM/COMMAND/NAME.raw` and `.yml`), or in a folder given as the
argument. Run it with `python benchmarks/cli_recordings.py [FOLDER]`; it prints each recording that was not read, or
whose rows differ in number, and a line for each command in the end. A difference is not always a fault: some recordings
were cut by hand, and some counts are of things that make no fact.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from collector.data import probes_folder
from collector.errors import UsageError
from collector.parse.files import FileResult, cli_probe, find_request, parse_file
from collector.probes.definition import ProbeDef, load_probes

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "recordings" / "cli.tar.xz"

#: Recordings of a platform serve those that share its commands.
ALSO = {"cisco_ios": ("cisco_ios", "cisco_xe")}


def main(arguments: list[str]) -> int:
    with ExitStack() as stack:
        if arguments:
            folder = Path(arguments[0])
        elif ARCHIVE.is_file():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            with tarfile.open(ARCHIVE) as archive:
                archive.extractall(folder, filter="data")
        else:
            print(f"skipped: no recordings at {ARCHIVE}", file=sys.stderr)
            return 0
        return compare(folder, load_probes([probes_folder() / "switches"]))


def compare(folder: Path, probes: dict[str, ProbeDef]) -> int:
    tally: Counter[tuple[str, str, str]] = Counter()
    for raw in sorted(folder.glob("*/*/*.raw")):
        platform, command = raw.relative_to(folder).parts[:2]
        for name in ALSO.get(platform, (platform,)):
            result = _read(raw, probes, name, command.replace("_", " "))
            if result is not None:
                verdict, said = _judge(result, _rows(raw.with_suffix(".yml")))
                tally[name, command, verdict] += 1
                if verdict != "same":
                    print(f"{verdict:11} {name} {command} {raw.name}: {said}")
    print()
    commands = sorted({(platform, command) for platform, command, _ in tally})
    for platform, command in commands:
        counts = ", ".join(
            f"{tally[platform, command, v]} {v}"
            for v in ("same", "differs", "unsupported", "unparsed")
            if tally[platform, command, v]
        )
        print(f"{platform:12} {command:45} {counts}")
    total = Counter(verdict for _, _, verdict in tally.elements())
    print(f"\n{total.total()} readings: " + ", ".join(f"{n} {v}" for v, n in total.most_common()))
    return 0


def _read(raw: Path, probes: dict[str, ProbeDef], platform: str, command: str) -> FileResult | None:
    """The reading, or None where no request of ours asks for this."""
    try:
        find_request(cli_probe(probes, platform), command)
    except UsageError:
        return None
    return parse_file(raw, probes, platform, command)


def _rows(path: Path) -> int:
    """How many rows the truth has: list members right under `parsed_sample`."""
    if not path.is_file():
        return -1
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    starts = [line for line in lines if line.lstrip().startswith("- ")]
    if not starts:
        return 0
    least = min(len(line) - len(line.lstrip()) for line in starts)
    return sum(line[least : least + 2] == "- " and not line[:least].strip() for line in starts)


def _judge(result: FileResult, rows: int) -> tuple[str, str]:
    outcomes = {str(o.outcome) for o in result.outcomes}
    if outcomes != {"ok"}:
        return ("unsupported" if outcomes == {"unsupported"} else "unparsed"), "; ".join(
            sorted({f"{o.outcome}: {o.detail}" for o in result.outcomes})
        )
    counts = Counter(fact.kind for fact in result.facts)
    if rows in counts.values() or (rows == 0 and not counts):
        return "same", ""
    return "differs", f"{rows} rows there, here {dict(counts) or 'none'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
