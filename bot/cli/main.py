"""The command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from bot.cli import articles, briefs, digests, exits, feeds, operations, questions, timelines, watches


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="briefing")
@click.pass_context
def briefing(context: click.Context) -> None:
    """Answer questions from your articles, with citations that open the cited sentence.

    \b
    briefing ask "Does Ukraine still want to join NATO?"
    briefing ingest reports/ clippings/2024.pdf
    briefing search "security guarantees" --since 2024-12-01 -k 5
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _command in (
    articles.ingest,
    questions.ask,
    questions.search,
    digests.digest,
    briefs.brief,
    timelines.timeline,
    timelines.compare,
    questions.verify,
    articles.show,
    articles.list_articles,
    articles.remove,
    articles.reindex,
    watches.watch,
    feeds.feeds,
    operations.evaluate,
    operations.bot,
    operations.feedback,
    operations.stats,
    operations.doctor,
):
    briefing.add_command(_command)


def main() -> None:
    """Run the command line; every failure is one line on standard error and an exit status."""
    exits.stop_on_sigterm()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 failed, 2 wrong usage, 75 busy, 130 stopped."""
    return exits.run(briefing, arguments)
