"""The language of every article, noted when it is stored or looked at later."""

from pathlib import Path

from sqlalchemy import text

from retrieval.domain.articles import Filter
from retrieval.storage.articles import languages_of, list_articles
from tests import commands
from tests.embedding.means import read_everyday
from tests.fakes import open_with, opened

EXPECTED = {"de.txt": "de", "en.txt": "en", "fr.txt": "fr", "pl.txt": "pl"}


def write(folder: Path) -> Path:
    folder.mkdir()
    for name, language in EXPECTED.items():
        body = "\n\n".join(subject["passage"][language] for subject in read_everyday())
        (folder / name).write_text(body, "utf-8")
    return folder


def noted(data_dir: Path) -> dict[str, str]:
    with opened(data_dir) as catalog, catalog.reading() as connection:
        articles, _ = list_articles(connection, Filter(), "", 0, 10)
        languages = languages_of(connection, [each.id for each in articles])
        return {each.file: languages[each.id] for each in articles if each.id in languages}


def test_an_article_is_stored_with_its_language(tmp_path: Path) -> None:
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([write(tmp_path / "articles")])
    assert noted(tmp_path / "data") == EXPECTED


def test_articles_from_before_are_listed_with_theirs_and_noted_at_the_next_ingest(tmp_path: Path) -> None:
    articles = write(tmp_path / "articles")
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([articles])
    with opened(tmp_path / "data") as catalog, catalog.writing() as connection:
        connection.execute(text("DELETE FROM languages"))
    with open_with(tmp_path / "data") as briefing:
        assert {each.article.file: each.language for each in briefing.articles.all(Filter())} == EXPECTED
        assert noted(tmp_path / "data") == {}
        assert briefing.articles.ingest([articles]).unchanged == len(EXPECTED)
    assert noted(tmp_path / "data") == EXPECTED


def test_the_list_has_a_line_an_article(tmp_path: Path) -> None:
    with open_with(tmp_path / "data") as briefing:
        briefing.articles.ingest([write(tmp_path / "articles")])
    listed = commands.briefing(tmp_path / "list", "list", "--data-dir", tmp_path / "data")
    assert (listed.status, len(listed.out.splitlines())) == (0, len(EXPECTED))
    assert "undated      pl   pl.txt" in listed.out
    as_json = commands.briefing(tmp_path / "json", "list", "--json", "--data-dir", tmp_path / "data")
    assert '"language": "fr"' in as_json.out
    nothing = commands.briefing(tmp_path / "none", "list", "--data-dir", tmp_path / "new")
    assert nothing.out == "no articles\n"
