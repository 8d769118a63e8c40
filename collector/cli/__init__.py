"""The command line: one file per group of commands. It prints; what it prints is worked out elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer


def load_commands() -> typer.Typer:
    """The application with every command, in the order that its help lists them."""
    # Each import registers the commands of one group.
    from collector.cli import setup, scan, facts, answers, evidence, outputs, rules, schedule  # noqa: F401  # isort: skip
    from collector.cli.app import app

    return app


def main() -> None:
    """The `collector` command. Errors become one line with a hint and the exit code of their kind."""
    from collector.cli.app import say_error
    from collector.errors import CollectorError

    try:
        load_commands()()
    except CollectorError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
