"""Scheduled scans in the words of systemd and cron.

`collector scan` holds a lock on its store, so a scan that is still running when the next is due makes the next one
end at once with an error and nothing done; no second lock is needed here.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from collector.errors import UsageError


def _time(at: str) -> tuple[int, int]:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if not found:
        raise UsageError(f"{at!r} is not a time of day", "write it as 02:30")
    return int(found[1]), int(found[2])


def cron_line(program: str, config: Path, at: str) -> str:
    """A crontab line. The mail that cron sends of stderr is the alarm; exit codes 3 and 4 say that targets failed."""
    hour, minute = _time(at)
    return f"{minute} {hour} * * * {program} scan -c {shlex.quote(str(config))} >/dev/null\n"


def systemd_units(program: str, config: Path, at: str, name: str) -> dict[str, str]:
    """A service and its timer by file name. A scan with some targets failed (exit 3) is not a failed unit."""
    if not re.fullmatch(r"[A-Za-z0-9:_.@-]+", name):
        raise UsageError(f"{name!r} cannot name a unit", "use letters, digits, - and _")
    hour, minute = _time(at)
    quoted = str(config).replace("%", "%%").replace('"', '\\"')
    service = f"""[Unit]
Description=Read-only infrastructure scan
Documentation=file://{str(config.parent).replace("%", "%%").replace(" ", "%20")}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory="{str(config.parent).replace("%", "%%")}"
ExecStart={program} scan -c "{quoted}"
SuccessExitStatus=3
TimeoutStartSec=6h
Nice=10
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths="{str(config.parent).replace("%", "%%")}"
PrivateTmp=yes
"""
    timer = f"""[Unit]
Description=Daily read-only infrastructure scan

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
RandomizedDelaySec=5min
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{name}.service": service, f"{name}.timer": timer}
