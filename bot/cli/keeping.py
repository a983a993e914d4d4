"""The commands for what is kept: `forget`, `export`, `backup`, `restore`, `migrate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import DATA_DIR, JSON, ServerId, opened, options, settings_of, show_result

if TYPE_CHECKING:
    from bot.web.published import PublishedPages
    from retrieval.services.operations import Privacy

Counts = Mapping[str, int]


class PersonId(click.ParamType[str]):
    """The id of a Discord account, or an e-mail address."""

    name = "person"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The value, if it may be either."""
        from bot.mail import is_sender

        given = value.strip()
        if not (given.isascii() and given.isdigit()) and not is_sender(given):
            self.fail(f"{value} is neither the id of a Discord account nor an e-mail address", param, ctx)
        return given


@click.command()
@click.option("--person", type=PersonId(), metavar="ID", help="Of one person: a Discord id, or an e-mail address.")
@click.option("--server", type=ServerId(), metavar="ID", help="Of one Discord server, its articles too.")
@click.option("--expired", is_flag=True, help="All that is older than BRIEFING_KEEP_DAYS, as the bot does every hour.")
@click.option("--yes", is_flag=True, help="Do not ask before.")
@options(DATA_DIR, JSON)
def forget(
    person: str | None, server: str | None, expired: bool, yes: bool, data_dir: Path | None, as_json: bool
) -> None:
    """Delete what is kept of a person or of a server, or for too long, and count it.

    Of a person: questions with their answers, votes, the model's replies to them, and the name under schedules and
    watches, which stay. Of a server: everything, its articles too. What Discord shows is deleted in Discord.

    \b
    briefing forget --person 290374650128379904
    briefing forget --person ann@example.org --yes
    briefing forget --server 1290374650128379904
    briefing forget --expired --yes
    """
    from bot.presentation import terminal_reports
    from bot.web.published import PublishedPages

    if sum(map(bool, (person, server, expired))) != 1:
        raise click.UsageError("name one of --person, --server and --expired")
    settings = settings_of(data_dir)
    pages = PublishedPages(settings.data_dir / "pages")
    with opened(settings) as briefing:
        kept = briefing.privacy
        if person:
            gone = _forget(f"of {person}", kept.count_person(person), yes, partial(_person, kept, pages, person))
        elif server:
            counts = _with_pages(kept.count_server(server), len(pages.listed(server)))
            gone = _forget(f"of server {server}", counts, yes, partial(_server, kept, pages, server))
        else:
            gone = _forget(f"for more than {kept.days} days", None, yes, partial(_expired, kept, pages))
    show_result(as_json, lambda: {"forgotten": gone}, partial(terminal_reports.forgotten, gone))


def _forget(what: str, counts: Counts | None, yes: bool, do: Callable[[], Counts]) -> Counts:
    """Ask, unless nothing is there to be deleted, and delete."""
    if not yes and counts != {}:
        from bot.presentation.terminal_reports import counted

        about = f": {counted(counts)}" if counts else ""
        try:
            click.confirm(f"Delete for good what is kept {what}{about}?", abort=True, err=True)
        except click.Abort as no:
            raise click.ClickException("nothing was deleted (--yes does not ask)") from no
    return do()


def _person(kept: Privacy, pages: PublishedPages, person: str) -> Counts:
    gone = kept.forget_person(person)
    return _with_pages(gone.counts, pages.forget_questions(gone.questions))


def _server(kept: Privacy, pages: PublishedPages, server: str) -> Counts:
    count = len(pages.listed(server))
    gone = kept.forget_server(server)
    pages.forget(server)
    return _with_pages(gone, count)


def _expired(kept: Privacy, pages: PublishedPages) -> Counts:
    return _with_pages(kept.expire(), pages.expire(kept.days))


def _with_pages(counts: Counts, pages: int) -> Counts:
    return {**counts, "pages": pages} if pages else counts


@click.command()
@click.option("--person", type=PersonId(), metavar="ID", required=True, help="A Discord id, or an e-mail address.")
@options(DATA_DIR)
def export(person: str, data_dir: Path | None) -> None:
    """Print what is kept of a person as one JSON document.

    \b
    briefing export --person 290374650128379904 > ann.json
    """
    from bot.presentation.json_output import dump

    with opened(settings_of(data_dir)) as briefing:
        click.echo(dump(briefing.privacy.about(person)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options(DATA_DIR, JSON)
def backup(file: Path, data_dir: Path | None, as_json: bool) -> None:
    """Write all that is kept to one FILE, also while the bot runs.

    It has articles with their vectors, feeds, questions, schedules, watches, settings of servers, and the pages of
    digests and notes, from SQLite and PostgreSQL alike. It has neither the settings of the program nor models, nor the
    secret that signs addresses, nor the vector index, which is made from the stored vectors.

    \b
    briefing backup briefing-2026-11-29.backup
    """
    from bot.presentation import terminal, terminal_reports
    from retrieval import bootstrap

    made = bootstrap.backup(settings_of(data_dir), file, terminal.progress())
    document = {"file": str(file), "bytes": file.stat().st_size, **asdict(made)}
    show_result(as_json, lambda: document, partial(terminal_reports.backed_up, document))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Replace what is stored there, which is lost.")
@options(DATA_DIR, JSON)
def restore(file: Path, replace: bool, data_dir: Path | None, as_json: bool) -> None:
    """Put what a backup FILE has into the catalog that the settings name, SQLite or PostgreSQL.

    The file is checked before anything is touched. What is there stays until all of it is in place, whatever happens.
    Stop the bot first. Exit status 75: another process uses the data folder.

    \b
    briefing restore briefing-2026-11-29.backup
    briefing restore briefing-2026-11-29.backup --replace
    """
    from bot.presentation import terminal, terminal_reports
    from retrieval import bootstrap

    done = bootstrap.restore(settings_of(data_dir), file, replace, terminal.progress())
    document = {"file": str(file), **asdict(done)}
    show_result(as_json, lambda: document, partial(terminal_reports.restored, document))


@click.command()
@click.option("--to", "address", metavar="URL", required=True, help="The address of an empty database.")
@options(DATA_DIR, JSON)
def migrate(address: str, data_dir: Path | None, as_json: bool) -> None:
    """Copy the catalog into another database, SQLite to PostgreSQL or back, and check what came.

    You may stop it at any moment: the next run goes on where this one ended. Until it is done the other database is of
    no use, and this one stays as it is. Stop the bot first. Exit status 75: another process uses the data folder.

    \b
    briefing migrate --to postgresql+psycopg://briefing:password@db/briefing
    briefing migrate --to sqlite:////srv/briefing/catalog.sqlite3
    """
    from bot.presentation import terminal, terminal_reports
    from retrieval import bootstrap

    if not address.startswith(("postgresql+psycopg://", "sqlite:///")):
        raise click.UsageError(
            "--to is an address such as postgresql+psycopg://user:password@host/name or sqlite:///FILE"
        )
    done = bootstrap.migrate(settings_of(data_dir), address, terminal.progress())
    document = {"tables": {name: asdict(each) for name, each in done.items()}}
    show_result(as_json, lambda: document, partial(terminal_reports.migrated, document))
