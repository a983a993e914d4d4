"""A digest on paper: as plain text, as Markdown and as a web page. Nothing in it formats or links but what we write."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.presentation import digest_wording, terminal, wording
from bot.presentation.links import Bases, best_link, is_address
from retrieval.domain.citations import Citation
from retrieval.domain.stories import Digest, Mark, Point, Story
from retrieval.nlp.readable import visible

_HERE = Path(__file__).parent

# What CommonMark, or GitHub's and Pandoc's kinds of it, would take for more than text: anywhere, and at a start.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&$@^]|:(?=//)|(?<=www)\.|^[-+=:]", re.IGNORECASE)
_ITEM = re.compile(r"^([0-9]+)(?=[.)](?:\s|$))")


def text(made: Digest, topic: str | None, bases: Bases) -> str:
    """For a terminal: each story with its key sentences and their sources."""
    sources = {each.number: each for each in made.citations}
    parts = [terminal.wrap(f"{digest_wording.days(made, topic, visible)}: {digest_wording.outcome(made)}")]
    parts += [_text_story(number, story, sources, bases) for number, story in enumerate(made.stories, 1)]
    parts += [terminal.wrap(seen)] if (seen := digest_wording.coverage(made.coverage, visible)) else []
    return "\n\n".join(parts)


def _text_story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases) -> str:
    lines = [terminal.wrap(f"{number}. {digest_wording.title(story, visible)}", hanging=3)]
    told = [terminal.wrap(digest_wording.tellers(story, visible), indent=3)]
    for point in story.points:
        told += [
            terminal.wrap(point.text, indent=3),
            *(terminal.source(sources[each], bases) for each in point.citations),
        ]
    shown = {each for point in story.points for each in point.citations}
    for mark in story.marks:
        cited = dict.fromkeys(each for side in mark.sides for each in side.citations if each not in shown)
        said = f"{digest_wording.MARKS[mark.kind]}: {_sides(mark, sources)}"
        told += [terminal.wrap(said, indent=3), *(terminal.source(sources[each], bases) for each in cited)]
    return "\n".join([*lines, *(textwrap.indent(each, "   ") for each in told)])


def _sides(mark: Mark, sources: Mapping[int, Citation]) -> str:
    return "".join(
        f"{lead}“{side.said}” {' '.join(f'[{number}]' for number in side.citations)}"
        for lead, side in digest_wording.sides(mark, sources)
    )


def markdown(made: Digest, topic: str | None, bases: Bases) -> str:
    """In CommonMark: the sources, numbered, stand below the stories."""
    sources = {each.number: each for each in made.citations}
    parts = [f"# {digest_wording.days(made, topic, _escape)}", _sentence(digest_wording.outcome(made))]
    parts += [_markdown_story(number, story, sources, bases) for number, story in enumerate(made.stories, 1)]
    if made.citations:
        parts += ["## Sources", "\n".join(_markdown_source(each, bases) for each in made.citations)]
    parts += ["---", seen] if (seen := digest_wording.coverage(made.coverage, _escape)) else []
    return "\n\n".join(parts)


def _markdown_story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases) -> str:
    points = [f"- {_escape(each.text)} {_numbers(each.citations, sources, bases)}" for each in story.points]
    parts = [f"## {number}. {digest_wording.title(story, _escape)}", "\n".join(points)]
    parts += [_markdown_mark(each, sources, bases) for each in story.marks]
    return "\n\n".join(filter(None, [*parts, digest_wording.tellers(story, _escape)]))


def _markdown_mark(mark: Mark, sources: Mapping[int, Citation], bases: Bases) -> str:
    sides = digest_wording.sides(mark, sources)
    told = (f"{lead}“{_escape(side.said)}” {_numbers(side.citations, sources, bases)}" for lead, side in sides)
    return f"**{digest_wording.MARKS[mark.kind]}**: {''.join(told)}"


def _numbers(cited: Sequence[int], sources: Mapping[int, Citation], bases: Bases) -> str:
    return "".join(_linked(f"\\[{each}\\]", best_link(sources[each], bases)) for each in cited)


def _markdown_source(citation: Citation, bases: Bases) -> str:
    where = best_link(citation, bases)
    named = _linked(_escape(citation.title or citation.file) or "untitled", where)
    return f"{citation.number}. {' · '.join([named, *map(_escape, _known(citation, where))])}"


def _linked(label: str, where: str) -> str:
    # In angle brackets an address ends where it ends, and what would be read as a letter's name in it is not.
    return f"[{label}](<{where.replace('&', '&amp;')}>)" if is_address(where) else label


def _escape(foreign: str) -> str:
    return _ITEM.sub(r"\1\\", _ACTIVE.sub(r"\\\g<0>", visible(foreign)))


def page(made: Digest, topic: str | None, bases: Bases) -> str:
    """A web page that needs nothing else and prints well, to open or to mail."""
    import jinja2

    loader = jinja2.FileSystemLoader(_HERE)
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    sources = {each.number: each for each in made.citations}
    links = {number: best_link(each, bases) for number, each in sources.items()}
    return pages.get_template("digest.html").render(
        title=digest_wording.days(made, topic, visible),
        outcome=_sentence(digest_wording.outcome(made)),
        stories=[
            (
                digest_wording.title(story, visible),
                digest_wording.tellers(story, visible),
                [_cited(each) for each in story.points],
                [(digest_wording.MARKS[mark.kind], list(_quoted(mark, sources))) for mark in story.marks],
            )
            for story in made.stories
        ],
        links={number: where for number, where in links.items() if is_address(where)},
        sources=[
            (each.number, visible(each.title or each.file) or "untitled", _known(each, links[each.number]))
            for each in made.citations
        ],
        coverage=digest_wording.coverage(made.coverage, visible),
    )


def _cited(point: Point) -> tuple[str, tuple[int, ...]]:
    return visible(point.text), point.citations


def _quoted(mark: Mark, sources: Mapping[int, Citation]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    for lead, side in digest_wording.sides(mark, sources):
        yield lead, visible(side.said), side.citations


def _known(citation: Citation, where: str) -> list[str]:
    """What is known of a source beside its title; where it leads nowhere, its place too."""
    known = [visible(part) for part in (citation.outlet, citation.author) if part]
    known.append(wording.day(citation.published, citation.published_estimated))
    return [part for part in (*known, "" if is_address(where) else visible(where)) if part]


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]
