"""Commands before a scan: init, doctor, targets, identify, plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from collector.cli.app import STYLES, ConfigOption, JsonOption, app, cell, out, print_json, say, table
from collector.cli.context import Context
from collector.data import example_config
from collector.errors import NotFoundError, UsageError


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="Where to write config.toml.")] = Path(),
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a commented starter configuration."""
    path = config if config is not None else directory / "config.toml"
    if path.exists():
        raise UsageError(f"{path} exists already and was left as it is", "name another directory, or remove the file")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example_config().read_text())
    if as_json:
        print_json({"ok": True, "config": str(path)})
        return
    say(f"Wrote {path}.")
    say("Next: put your own targets in it, then run `collector doctor`.")


@app.command()
def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check config, secrets, store, clock and the reach of each target's port, and say what to do about each fault."""
    from collector.doctor import examine

    checks = examine(Context(config).path)
    show_checks(checks, as_json)
    if not all(c["ok"] for c in checks):
        raise typer.Exit(2 if any(c["name"].startswith("config") and not c["ok"] for c in checks) else 1)


@app.command()
def targets(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The resolved inventory."""
    found = Context(config).inventory.targets
    if as_json:
        print_json(
            [
                {
                    "target": t.name,
                    "address": t.address,
                    "platform": t.platform,
                    "family": t.family,
                    "site": t.site,
                    "role": t.role,
                    "tags": list(t.tags),
                    "transports": [
                        {"transport": e.transport, "port": e.port, "credential": e.credential} for e in t.endpoints
                    ],
                }
                for t in found
            ]
        )
        return
    view = table("Target", "Address", "Platform", "Site", "Role", "Over")
    for t in found:
        over = ", ".join(f"{e.transport}:{e.port}" for e in t.endpoints)
        view.add_row(*(cell(v) for v in (t.name, t.address, t.platform, t.site, t.role, over)))
    out.print(view)
    say(f"{len(found)} targets")


@app.command()
def identify(
    targets: Annotated[list[str] | None, typer.Argument(help="Targets of the config.")] = None,
    snmprec: Annotated[list[Path] | None, typer.Option("--snmprec", help="Recorded agents instead of targets.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Vendor, platform, model, version and serial, and what gave them away."""
    from collector.cli.readings import show_identities, show_identity

    given = targets or []
    if not given and not snmprec:
        raise UsageError("name a target or --snmprec FILE, one of them", "`collector targets` lists the targets")
    context = Context(config)
    if snmprec:
        # typer takes one value an option: what follows the first file lands among the arguments
        what, found = "file", _identified_files([*snmprec, *map(Path, given)], context)
    else:
        what, found = "target", _identified_targets(given, context)
    if len(found) == 1:
        [only] = found
        only.pop(what)
        print_json(only) if as_json else show_identity(only)
    elif as_json:
        print_json({f"{what}s": found})
    else:
        show_identities(found, what)


def _identified_files(files: list[Path], context: Context) -> list[dict[str, Any]]:
    """What recorded agents are. A file of many that cannot be read is said, and the rest go on."""
    from collector.identify import Identity, identify_snmprec

    found = []
    for file in files:
        try:
            identity = identify_snmprec(file, context.probes)
        except NotFoundError as error:
            if len(files) == 1:
                raise
            identity = Identity(because=(str(error),))
        found.append({"file": str(file), **identity.to_json()})
    return found


def _identified_targets(names: list[str], context: Context) -> list[dict[str, Any]]:
    from collector.identify.live import identify_target

    chosen = [context.inventory.get(name) for name in names]
    credentials = context.credentials(chosen)
    found = []
    for target in chosen:
        identity, notes = identify_target(target, context.probes, credentials)
        row = {"target": target.name, **identity.to_json()}
        row["because"] += list(notes)
        found.append(row)
    return found


#: What stands for a login where there is none.
_NO_LOGIN = {"snmp": "none, each message is authenticated by itself", "http": "none, each request carries the account"}


@app.command()
def plan(
    target: Annotated[str | None, typer.Argument(help="One target; default all.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every command, OID, LDAP search and URL that a scan would send. Nothing is sent."""
    from collector.scan.plan import plan as planned

    context = Context(config)
    chosen = (context.inventory.get(target),) if target else context.inventory.targets
    rows = planned(chosen, context.probes)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['target']} ({row['address']}) over {row['transport']}", "bold")
        say(f"  logins: {row['logins'] or _NO_LOGIN.get(row['transport'], 'none')}")
        view = table("", "", "")
        for request in row["requests"]:
            view.add_row(cell("  " + request["verb"]), cell(request["what"]), cell(", ".join(request["kinds"]), "dim"))
        out.print(view)
    count = sum(len(r["requests"]) for r in rows)
    logins = sum(row["logins"] for row in rows)
    say(f"{count} requests in {logins} logins to {len({r['target'] for r in rows})} targets. "
        "All of them read; nothing was sent.")  # fmt: skip


def show_checks(checks: list[dict[str, Any]], as_json: bool) -> None:
    """Checks as INTERFACE has them, or as lines with what to do."""
    ok = all(c["ok"] for c in checks)
    if as_json:
        print_json({"ok": ok, "checks": checks})
        return
    view = table("", "Check", "Detail")
    for check in checks:
        mark, style = ("ok", STYLES["ok"]) if check["ok"] else ("FAULT", STYLES["fail"])
        detail = check["detail"] + (f"\n→ {check['hint']}" if check["hint"] and not check["ok"] else "")
        view.add_row(cell(mark, style), cell(check["name"]), cell(detail))
    out.print(view)
    say(f"{sum(c['ok'] for c in checks)} of {len(checks)} checks are fine." if not ok else "All checks are fine.")
