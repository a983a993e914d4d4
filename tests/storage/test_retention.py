"""What is kept of people and servers: nothing is left of what was deleted, and all else is as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from bot.cli.main import run
from bot.discord.delivery.channel_watches import ChannelWatches, QuietHours
from bot.discord.delivery.outbox import store_mails
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import Timetable
from bot.discord.duties import Upkeep
from bot.discord.server_settings import StoredSettings
from bot.mail import Mail
from bot.web.published import PublishedPages
from retrieval.domain.answers import Answer
from retrieval.domain.articles import SHARED, Filter, Searched
from retrieval.domain.llm import Call
from retrieval.domain.reports import PostedNote, WatchState
from retrieval.services.briefing import Briefing
from retrieval.services.operations import GRACE, Privacy
from retrieval.storage import retention
from retrieval.storage.conversations import voter_of
from retrieval.storage.deliveries import deliveries, notices
from retrieval.storage.limits import Additions, Quotas
from retrieval.storage.schema import answers, digest, tables, written
from retrieval.storage.servers import PostedNotes, note_posted
from retrieval.storage.subscriptions import Subscriptions
from retrieval.storage.usage import Replies, replies
from retrieval.storage.vectors.chroma import open_folder
from tests.fakes import catalog_url, open_with

pytestmark = pytest.mark.usefixtures("both_databases")

ANN, BOB = "290374650128379904", "390374650128379905"
HERE, THERE = "1177000000000000001", "1177000000000000002"
NOW = datetime.now(UTC)
# Words that stand nowhere else, of each person and server.
WORDS = {ANN: "zanzibarite", BOB: "quokkaberry", HERE: "harbourvolt", THERE: "thistledown"}


def answer(question: str) -> Answer:
    return Answer(
        question=question,
        standing="nothing",
        score=0.1,
        searched=Searched(1, None),
        message="No.",
    )


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    """Two people and two servers, each with something in every table that knows of them."""
    with open_with(tmp_path / "data") as opened:
        for server in (HERE, THERE):
            folder = tmp_path / WORDS[server]
            folder.mkdir()
            (folder / f"{WORDS[server]}.txt").write_text(
                f"The {WORDS[server]} line is closed, says {WORDS[server]}.\n\nBuses run instead of it.\n"
            )
            opened.articles.ingest([folder], server)
            fill_server(opened, server)
        for person, server in ((ANN, HERE), (BOB, THERE)):
            fill_person(opened, person, server)
        pages = PublishedPages(tmp_path / "data" / "pages")
        for server, person in ((HERE, ANN), (THERE, BOB)):
            pages.keep(server, "digest", WORDS[server], f"<p>Asked without: “Where&#39;s {WORDS[person]}?” once</p>")
        yield opened


def fill_server(briefing: Briefing, server: str) -> None:
    catalog, word, channel = briefing.catalog, WORDS[server], f"77{server}"
    timetable = Timetable("08:00", "UTC", frozenset(range(5)))
    schedules = Schedules(catalog)
    made = schedules.add(server, channel, timetable, "1", NOW, topic=word)
    claimed = schedules.claim(made.id, NOW + timedelta(days=1), NOW)
    assert claimed
    schedules.keep(claimed, [word], [], [Mail("x@example.org", word)])
    watches = ChannelWatches(catalog)
    watches.add(server, word, WatchState(passage=1, article=1), "anything", channel, "at once", "1")
    PostedNotes(catalog).keep(server, channel, word, PostedNote(NOW.date(), 1))
    watches.set_hours(server, QuietHours(starts="21:00", ends="07:00", zone="UTC", most=12))
    Subscriptions(catalog, timedelta(hours=1)).add([(word, f"https://{word}.example/feed")], server, NOW)
    StoredSettings(catalog).change_channel(server, channel, outlet=word)
    briefing.privacy.servers.note("1", [HERE, THERE], NOW, lambda _scope: True)
    catalog.remember(f"welcomed {server}", "yes")
    with catalog.writing() as connection:
        note_posted(connection, server, channel, [word], NOW)
        connection.execute(
            insert(notices).values(
                scope=server,
                channel=channel,
                at=written(NOW),
                state="claimed",
                counted=True,
                pages=[word],
                messages=[],
                failures=0,
                refusals=0,
            )
        )
        # As old versions stored it, without the server.
        connection.execute(
            insert(tables.tables["notes"]).values(
                channel=channel, topic=f"{word} old", day=NOW.date().isoformat(), article=1
            )
        )
    keep(briefing, f"What of {word}?", "3", server)


def fill_person(briefing: Briefing, person: str, server: str) -> None:
    catalog, word = briefing.catalog, WORDS[person]
    key = keep(briefing, f"Where's {word}?", person, server)
    keep(briefing, f"And {word}?", person, SHARED)
    other = briefing.conversations.keep(answer("Who?"), "Who?", Filter(), "1", server, person="5")
    for judged in (key, other):
        assert briefing.feedback.judge(judged, server, voter_of(judged, person), False, f"no {word}")
    Replies(catalog).keep(f"key of {person}", {"question": word}, person)
    call = Call(
        purpose="answer",
        model="m:x",
        person=person,
        tokens_in=1,
        tokens_out=1,
        estimated=False,
        cost=1.0,
        seconds=1.0,
        outcome="done",
    )
    briefing.usage.record(call)
    Additions(catalog, Quotas()).note(server, person, 100)
    timetable = Timetable("09:00", "UTC", frozenset(range(5)))
    made = Schedules(catalog).add(server, "9", timetable, person, NOW, mail=[f"{word}@example.org"])
    ChannelWatches(catalog).add(server, "ferries", WatchState(passage=1, article=1), "anything", "9", "at once", person)
    with catalog.writing() as connection:
        store_mails(connection, made.id, [Mail(f"{word}@example.org", "Hello")], NOW)


def keep(briefing: Briefing, question: str, person: str, scope: str) -> str:
    kept = briefing.conversations.keep(answer(question), question, Filter(), f"8{person}", scope, "", person)
    briefing.conversations.place(kept, [f"6{kept}"], f"8{person}")
    return kept


def everything(briefing: Briefing) -> dict[str, list[str]]:
    """All rows of all tables, and the words of the index."""
    found = {}
    with briefing.catalog.reading() as connection:
        for table in tables.sorted_tables:
            rows = connection.execute(select(table)).all()
            found[table.name] = [repr(row._mapping) for row in rows]
        words = "words" if connection.dialect.name == "sqlite" else "word_forms"
        found["words"] = [repr(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {words}")]
    return found


def bytes_of(data_dir: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(data_dir.rglob("*")) if file.is_file())


def traces(data_dir: Path, briefing: Briefing, *wanted: str) -> list[str]:
    """Where one of these texts still stands: in a table, or in the bytes of a file of the data folder."""
    rows = [f"{table}: {row}" for table, rows in everything(briefing).items() for row in rows]
    content = bytes_of(data_dir)
    return [row for row in rows if any(each in row for each in wanted)] + [
        f"bytes: {each}" for each in wanted if each.encode() in content
    ]


def test_the_vector_index_writes_no_memory_of_the_process_to_its_files(tmp_path: Path) -> None:
    index = open_folder(tmp_path / "chroma", "x")
    *freed, _kept = (b"words of an article" * size for size in range(2_000, 2_400))
    del freed
    index.put([1], np.ones((1, 64), np.float32))
    index.close()
    (file,) = (tmp_path / "chroma").rglob("data_level0.bin")
    element = 64 * 4 + 4 + 32 * 4 + 8
    assert file.stat().st_size > 50 * element
    assert set(file.read_bytes()[element:]) == {0}


def test_every_table_with_a_server_is_filled_and_named_by_the_tests_and_counts(briefing: Briefing) -> None:
    found = everything(briefing)
    owned = [table.name for table in tables.sorted_tables if "scope" in table.c]
    assert [name for name in owned if not any(HERE in row for row in found[name])] == []
    assert {*retention.KINDS, "articles", "answers", "servers"} == set(owned)


def test_nothing_is_left_of_a_person(briefing: Briefing, tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = everything(briefing)
    gone = briefing.privacy.forget_person(ANN)
    assert gone.counts == {
        "votes": 2,
        "questions": 2,
        "replies of the model": 1,
        "schedules, which stay without the name": 1,
        "watches, which stay without the name": 1,
        "counts for limits": 2,
    }
    assert PublishedPages(data / "pages").forget_questions(gone.questions) == 1
    mail = f"{WORDS[ANN]}@example.org"
    assert briefing.privacy.forget_person(mail.upper()).counts == {"digests by mail": 1}
    assert traces(data, briefing, ANN, digest(ANN), WORDS[ANN]) == []
    # All of the other person and of the servers is as it was.
    after = everything(briefing)
    assert [row for row in after["usage"] if digest(BOB) in row] == [
        row for row in before["usage"] if digest(BOB) in row
    ]
    of_bob = [[row for rows in kept.values() for row in rows if WORDS[BOB] in row] for kept in (before, after)]
    assert of_bob[0] and of_bob[0] == of_bob[1]
    assert len(after["usage"]) == len(before["usage"])
    assert len(Schedules(briefing.catalog).of(HERE)) == 2
    assert briefing.privacy.forget_person(ANN).counts == {}


def test_what_is_counted_for_limits_may_stay_to_the_end_of_the_day(briefing: Briefing) -> None:
    assert "counts for limits" not in briefing.privacy.forget_person(ANN, limits=False).counts
    assert briefing.usage.spent(ANN) == 2
    tomorrow = Privacy(briefing.corpus, 0, lambda: datetime.now(UTC) + timedelta(days=1))
    tomorrow.expire()
    assert [row for rows in everything(briefing).values() for row in rows if digest(ANN) in row] == []


def test_nothing_is_left_of_a_server(briefing: Briefing, tmp_path: Path) -> None:
    data = tmp_path / "data"
    # As asked at the command line, where all articles are seen.
    told = briefing.asking.ask(f"Is the {WORDS[HERE]} line closed?", Filter())
    assert told.citations
    briefing.conversations.keep(told, "Is it?", Filter(), "chat", SHARED)
    counted = briefing.privacy.count_server(HERE)
    before, chroma = everything(briefing), set(briefing.corpus.vectors()._chroma.ids())  # type: ignore[union-attr]
    gone = briefing.privacy.forget_server(HERE)
    assert gone.pop("replies of the model") == 2  # type: ignore[attr-defined]
    assert gone == {**counted, "questions": counted["questions"] + 1, "notes": counted["notes"] + 1}
    PublishedPages(data / "pages").forget(HERE)
    assert traces(data, briefing, HERE, WORDS[HERE]) == []
    left = set(briefing.corpus.vectors()._chroma.ids())  # type: ignore[union-attr]
    assert left < chroma
    assert len(left) == len(everything(briefing)["passages"])
    after = everything(briefing)
    for name, rows in before.items():
        if name not in ("replies", "sentences"):
            assert [row for row in rows if THERE in row] == [row for row in after[name] if THERE in row], name
    assert any(THERE in row for row in after["articles"])
    assert briefing.asking.search(WORDS[THERE], 1, Filter())[0].passage.article.scope == THERE


def test_what_people_asked_goes_after_the_days_it_is_kept_for(briefing: Briefing) -> None:
    long_ago = written(datetime.now(UTC) - timedelta(days=31))
    with briefing.catalog.writing() as connection:
        connection.execute(update(answers).where(answers.c.person == digest(ANN)).values(given=long_ago))
        connection.execute(update(replies).where(replies.c.person == digest(ANN)).values(at=long_ago))
        connection.execute(update(deliveries).values(due=long_ago))
    Privacy(briefing.corpus, 0).expire()
    before = everything(briefing)
    assert Privacy(briefing.corpus, 32).expire().get("questions") is None
    gone = Privacy(briefing.corpus, 30).expire()
    assert (gone["questions"], gone["replies of the model"]) == (2, 1)
    after = everything(briefing)
    assert after["articles"] == before["articles"]
    # What is still to be posted is no log yet.
    assert after["deliveries"] == before["deliveries"]
    assert [row for row in after["answers"] if digest(BOB) in row] == [
        row for row in before["answers"] if digest(BOB) in row
    ]


def test_a_clock_that_jumps_ahead_deletes_nothing(briefing: Briefing, tmp_path: Path) -> None:
    moment, passed = NOW, 0.0
    pages = PublishedPages(tmp_path / "data" / "pages")
    upkeep = Upkeep(Privacy(briefing.corpus, 30, lambda: moment), pages, lambda: moment, elapsed=lambda: passed)
    left = []
    # A year ahead from the second run to the third.
    for seconds, ahead in ((0, 0), (1200, 366), (2400, 0), (3600, 0), (4800, 366), (6000, 366)):
        passed, moment = float(seconds), NOW + timedelta(days=ahead, seconds=seconds)
        upkeep.run()
        left.append(len(everything(briefing)["answers"]))
    assert left[0] == left[4] > 0
    assert left[5] == 0


def test_the_data_of_a_server_that_was_left_goes_after_a_while_unless_it_returns(briefing: Briefing) -> None:
    moment = NOW
    kept = Privacy(briefing.corpus, 0, lambda: moment)
    kept.servers.note("1", [HERE], moment, lambda _scope: True)
    # Another bot over the same folder, and a process that does not serve the server, say nothing of it.
    kept.servers.note("2", [], moment, lambda _scope: True)
    kept.servers.note("1", [], moment, lambda _scope: False)
    moment += GRACE - timedelta(hours=1)
    assert kept.forget_left() == {}
    kept.servers.note("1", [HERE, THERE], moment, lambda _scope: True)
    moment += timedelta(hours=2)
    assert kept.forget_left() == {}
    kept.servers.note("1", [HERE], moment, lambda _scope: True)
    moment += GRACE + timedelta(hours=1)
    assert list(kept.forget_left()) == [THERE]
    assert kept.forget_left() == {}
    assert kept.count_server(HERE)["articles"] == 1


def test_a_person_gets_all_that_is_kept_of_them_and_nothing_of_others(briefing: Briefing) -> None:
    about = briefing.privacy.about(ANN)
    assert [(each["asked"], each["server"]) for each in about["questions"]] == [
        (f"Where's {WORDS[ANN]}?", HERE),
        (f"And {WORDS[ANN]}?", ""),
    ]
    assert [(each["question"], each["reason"]) for each in about["votes"]] == [
        (f"Where's {WORDS[ANN]}?", f"no {WORDS[ANN]}"),
        ("Who?", f"no {WORDS[ANN]}"),
    ]
    assert [len(about[name]) for name in ("schedules", "watches", "model_calls", "articles_added")] == [1] * 4
    assert not re.search(f"{BOB}|{WORDS[BOB]}", json.dumps(about))
    assert len(briefing.privacy.about(f"{WORDS[ANN]}@Example.org")["digests_by_mail"]) == 1


def test_the_command_line_asks_before_it_deletes(
    briefing: Briefing, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    briefing.close()
    monkeypatch.setenv("BRIEFING_DATABASE_URL", catalog_url(tmp_path / "data"))
    folder = ["--data-dir", str(tmp_path / "data")]

    def briefed(*arguments: str) -> tuple[int, str, str]:
        status = run([*arguments, *folder])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    def typed(line: str) -> None:
        monkeypatch.setattr("click.termui.visible_prompt_func", lambda *_about: line)

    assert briefed("forget")[0] == briefed("forget", "--person", "ann")[0] == briefed("forget", "--server", "0")[0] == 2
    typed("n")
    status, out, err = briefed("forget", "--person", ANN)
    assert (status, out) == (1, "")
    assert "nothing was deleted" in err
    exported = json.loads(briefed("export", "--person", ANN)[1])
    assert len(exported["questions"]) == 2
    status, out, err = briefed("forget", "--person", ANN, "--yes", "--json")
    assert json.loads(out)["forgotten"]["pages"] == 1
    assert briefed("forget", "--person", ANN)[1] == "nothing to delete\n"
    typed("y")
    assert "articles 1" in briefed("forget", "--server", HERE)[1]
    assert briefed("forget", "--expired", "--yes")[0] == 0
