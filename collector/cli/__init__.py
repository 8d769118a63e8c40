"""The command line: one file per group of commands. It prints; what it prints is worked out elsewhere."""

from __future__ import annotations

import sys


def main() -> None:
    """The `collector` command. Errors become one line with a hint and the exit code of their kind."""
    from collector.cli.app import app, say_error
    from collector.errors import CollectorError

    # Each import registers the commands of one group.
    from collector.cli import setup, scan, facts, answers, evidence, outputs, rules, schedule  # noqa: F401  # isort: skip

    try:
        app()
    except CollectorError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
