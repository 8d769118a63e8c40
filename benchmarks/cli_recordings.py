"""The command-line probes against recorded replies of real devices, held against what others read of them.

A local check: the recordings are no part of the project, and without them it says so and ends. They are found in
`../shared/recordings/cli.tar.xz` beside the checkout, or in a folder given as the argument.

For each platform: recordings of commands that its probe knows and whose truth has rows, how many of them yield facts, and how
many yield as many facts of one kind as the truth has rows (`same`); the share that is the same, to be held against 98 %.
`--fields` holds single fields against the truth (see `cli_fields.py`). A difference is not always a fault: some truths are
doubtful (`doubts_cli.toml`, left out with `--without-doubts` only), and some rows are of things that make no fact.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cli_fields import show_fields
from cli_truth import ARCHIVE, Recording, doubts, recordings, recordings_folder

from collector.data import probes_folder
from collector.errors import CollectorError, DefinitionError, UsageError
from collector.model import Transport
from collector.parse.files import FileResult, cli_probe, find_request, parse_file
from collector.probes.definition import ProbeDef, load_probes

MARK = 0.98
VERDICTS = ("same", "differs", "no facts", "unparsed", "unsupported", "denied", "raised")


@dataclass(frozen=True, slots=True)
class Judged:
    """How one recording was read, in a word and in words."""

    recording: Recording
    platform: str
    verdict: str
    said: str = ""
    result: FileResult | None = None


def main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    options = _options().parse_args(arguments)
    with recordings_folder(options.folder) as folder:
        if folder is None:
            print(f"skipped: no recordings at {ARCHIVE}", file=sys.stderr)
            return 0
        probes = _probes(options.probes)
        platforms = options.platform or _platforms(probes, folder)
        left_out = doubts() if options.without_doubts else {}
        judged: list[Judged] = []
        uncovered: list[tuple[str, Recording]] = []
        for platform in platforms:
            for recording in recordings(folder, platform, options.command or ""):
                if recording.name in left_out:
                    continue
                command = _known_command(probes, platform, recording.command)
                if command is None:
                    uncovered.append((platform, recording))
                else:
                    judged.append(_judge(probes, platform, recording, command))
    if options.fields:
        readings = [(one.platform, one.recording, one.result) for one in judged]
        show_fields([*readings, *((p, r, None) for p, r in uncovered)], verbose=options.verbose)
    elif options.uncovered:
        show_uncovered(uncovered)
    else:
        show(platforms, judged, uncovered, verbose=options.verbose)
    if options.write_summary:
        options.write_summary.write_text(summary(platforms, judged), encoding="utf-8")
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="PLATFORM/COMMAND/NAME.raw and .yml")
    parser.add_argument("--platform", "-p", action="append", help="only this platform (may be given several times)")
    parser.add_argument("--command", "-c", help="only this command, with blanks or underscores")
    parser.add_argument("--verbose", "-v", action="store_true", help="a line for each command, and misses whole")
    parser.add_argument("--uncovered", "-u", action="store_true", help="recorded commands that no request reads")
    parser.add_argument("--fields", "-f", action="store_true", help="agreement field by field")
    parser.add_argument("--without-doubts", action="store_true", help="leave out recordings of doubts_cli.toml")
    parser.add_argument("--write-summary", type=Path, metavar="FILE", help="write the counts by platform as TOML")
    parser.add_argument("--probes", type=Path, default=probes_folder(), help="folder of the probe files")
    return parser


def _probes(folder: Path) -> dict[str, ProbeDef]:
    """The probes of a folder. A file that can't be used is said and left out, so that one draft does not stop the others."""
    with TemporaryDirectory() as place:
        copy = Path(place) / "probes"
        shutil.copytree(folder, copy)
        while True:
            try:
                loaded = load_probes([copy])
                break
            except DefinitionError as error:
                broken = next((p for p in copy.rglob("*.toml") if str(p) in error.message), None)
                if broken is None:
                    raise
                print(f"left out: {error.message.replace(str(copy), str(folder))} ({error.hint})", file=sys.stderr)
                broken.unlink()
    files = {path.relative_to(copy) for path in (probe.file for probe in loaded.values())}
    moved = {copy / name: folder / name for name in files}
    return {name: replace(probe, file=moved[probe.file]) for name, probe in loaded.items()}


def _platforms(probes: dict[str, ProbeDef], folder: Path) -> list[str]:
    """Platforms that a command-line probe exists of and that have recordings."""
    named = sorted({p.platform for p in probes.values() if p.transport is Transport.SSH})
    return [name for name in named if recordings(folder, name)]


def _known_command(probes: dict[str, ProbeDef], platform: str, command: str) -> str | None:
    """The command as the probe takes it, or None where no request of ours asks for this."""
    for said in (command, f"/{command}"):
        try:
            find_request(cli_probe(probes, platform), said)
        except UsageError:
            continue
        return said
    return None


def _judge(probes: dict[str, ProbeDef], platform: str, recording: Recording, command: str) -> Judged:
    try:
        result = parse_file(recording.raw, probes, platform, command)
    except CollectorError as error:
        return Judged(recording, platform, "raised", str(error))
    failed = sorted({f"{o.outcome}: {o.detail}" for o in result.outcomes if o.outcome != "ok"})
    counts = Counter(fact.kind for fact in result.facts)
    rows = len(recording.rows)
    if failed:
        return Judged(recording, platform, failed[0].partition(":")[0], "; ".join(failed), result)
    if rows in counts.values() or (rows == 0 and not counts):
        return Judged(recording, platform, "same", "", result)
    if not counts:
        return Judged(recording, platform, "no facts", f"{rows} rows there", result)
    return Judged(recording, platform, "differs", f"{rows} rows there, here {dict(counts)}", result)


def show(platforms: Sequence[str], judged: Sequence[Judged], uncovered: Sequence[object], *, verbose: bool) -> None:
    for one in judged:
        if one.verdict != "same":
            said = one.said if verbose or len(one.said) < 160 else one.said[:159] + "…"
            print(f"{one.verdict:11} {one.platform:15} {one.recording.name}: {said}")
    if verbose:
        print()
        for platform, command in dict.fromkeys((j.platform, j.recording.command) for j in judged):
            of_command = [j for j in judged if (j.platform, j.recording.command) == (platform, command)]
            print(f"{platform:15} {command:50} {_said(j.verdict for j in of_command)}")
    print(
        f"\n{'platform':20} {'read':>5} {'rows':>5} {'facts':>5} {'same':>5} {'share':>7}  {'>= 98 %':8} rowless  not read"
    )
    missed = Counter(platform for platform, _ in uncovered)  # type: ignore[misc]
    for platform in platforms:
        line = _line([j for j in judged if j.platform == platform])
        print(f"{platform:20} {line} {missed[platform]:9}")
    print(f"{'all':20} {_line(judged)} {len(uncovered):9}")
    print(
        "\nread: recordings of known commands; rows: whose truth has rows; facts: that yield facts; same: as many of one kind;\n"
        "rowless: those whose truth has none, and how many of them yield no fact either; not read: recordings that no request reads."
    )


def _line(judged: Sequence[Judged]) -> str:
    counts = count(judged)
    share = counts["same"] / counts["rows"] if counts["rows"] else 0.0
    good = ("yes" if share >= MARK else "no") if counts["rows"] else "-"
    rowless = f"{counts['rowless_same']}/{counts['rowless']}"
    return (
        f"{len(judged):5} {counts['rows']:5} {counts['facts']:5} {counts['same']:5} {share:7.1%}  {good:8} {rowless:>7}"
    )


def count(judged: Sequence[Judged]) -> Counter[str]:
    """The numbers of a platform's line."""
    counts: Counter[str] = Counter()
    for one in judged:
        if one.recording.rows:
            counts["rows"] += 1
            counts["same"] += one.verdict == "same"
            counts["facts"] += bool(one.result and one.result.facts)
        else:
            counts["rowless"] += 1
            counts["rowless_same"] += not (one.result and one.result.facts)
    return counts


def _said(verdicts: Iterable[str]) -> str:
    counts = Counter(verdicts)
    return ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])


def show_uncovered(uncovered: Sequence[tuple[str, Recording]]) -> None:
    """Commands that no request reads, with their recordings and the fields of their rows."""
    for platform, command in dict.fromkeys((p, r.command) for p, r in uncovered):
        found = [r for p, r in uncovered if (p, r.command) == (platform, command)]
        fields = list(dict.fromkeys(name for r in found for row in r.rows[:1] for name in row))
        print(f"{platform:20} {command:50} {len(found):3}  {', '.join(fields)[:110]}")
    print(f"\n{len(uncovered)} recordings of commands that no request reads")


def summary(platforms: Sequence[str], judged: Sequence[Judged]) -> str:
    """Counts alone, for `docs/platforms.md`: nothing of the recordings is in it."""
    lines = [
        "# Written by `python benchmarks/cli_recordings.py --write-summary`: recorded replies of real devices, counted.",
        "",
    ]
    for platform in platforms:
        mine = [j for j in judged if j.platform == platform]
        counts = count(mine)
        lines += [
            f"[{platform}]",
            f"recordings = {counts['rows']}",
            f"same = {counts['same']}",
            f"commands = {len({j.recording.command for j in mine})}",
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
