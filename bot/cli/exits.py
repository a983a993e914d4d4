"""The end of a command: one line on standard error for every failure, and an exit status for scripts."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

import click

LATER = 75
STOPPED = 130


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit status: 0 done, 1 failed, 2 wrong usage, 75 try again later, 130 stopped."""
    from retrieval.errors import BriefingError, BusyError, UnreachableError

    try:
        return command.main(list(arguments), "briefing", standalone_mode=False) or 0
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.UsageError as error:
        usage = error.ctx.command_path if error.ctx else "briefing"
        return _fail(f"{error.format_message()} (see `{usage} --help`)", 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 1)
    except (BusyError, UnreachableError) as error:
        return _fail(str(error), LATER)
    except BriefingError as error:
        return _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort):
        return _fail("stopped; what was done is kept", STOPPED)
    except BrokenPipeError:
        # Whoever read our output has had enough; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail(f"{error.strerror or error}: {error.filename or 'standard output'}", 1)


def _fail(line: str, status: int) -> int:
    from retrieval.nlp.markup import visible

    click.echo(f"briefing: {visible(line)}", err=True)
    return status


def stop_on_sigterm() -> None:
    """Make SIGTERM do what Ctrl-C does, so that the command ends in good order."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
