"""The command line, and the end of a command: one line on standard error for every failure, and an exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

import click

from bot.cli import articles, feeds, keeping, operations, questions, reports
from bot.cli.options import COLOR

LATER = 75
STOPPED = 130


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="briefing")
@COLOR
@click.pass_context
def briefing(context: click.Context) -> None:
    """Answer questions from your articles, with citations that open the cited sentence.

    \b
    briefing ask "Does Ukraine still want to join NATO?"
    briefing chat
    briefing ingest reports/ clippings/2024.pdf
    briefing search "security guarantees" --since 2024-12-01 -k 5
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    articles.ingest,
    questions.ask,
    questions.chat,
    questions.search,
    reports.digest,
    reports.brief,
    reports.timeline,
    reports.compare,
    questions.verify,
    articles.show,
    articles.list_articles,
    articles.remove,
    articles.reindex,
    feeds.watch,
    feeds.feeds,
    questions.evaluate,
    operations.bot,
    operations.worker,
    operations.web,
    operations.mcp,
    operations.feedback,
    operations.stats,
    keeping.forget,
    keeping.export,
    keeping.backup,
    keeping.restore,
    keeping.migrate,
    operations.doctor,
):
    briefing.add_command(_command)


def main() -> None:
    """Run the command line; every failure is one line on standard error and an exit status."""
    stop_on_sigterm()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status: 0 done, 1 failed, 2 wrong usage, 75 try again later, 130 stopped."""
    from retrieval.errors import BriefingError, BusyError, UnreachableError

    try:
        return briefing.main(list(arguments), "briefing", standalone_mode=False) or 0
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
    from bot.presentation.terminal_style import note

    note(line, failed=True)
    return status


def stop_on_sigterm() -> None:
    """Make SIGTERM do what Ctrl-C does, so that the command ends in good order."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
