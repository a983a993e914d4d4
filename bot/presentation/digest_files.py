"""A digest as plain text, Markdown or a web page. Text of articles is escaped: it neither formats nor links."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from bot.presentation import digest_wording, source_lists, terminal
from bot.presentation.links import Bases
from bot.presentation.source_lists import escape, markdown_source, numbers
from bot.presentation.terminal_style import PLAIN, Style, wrap
from bot.presentation.wording import capital
from retrieval.domain.citations import Citation
from retrieval.domain.stories import Digest, Mark, Story
from retrieval.nlp.markup import visible


def text(digest: Digest, topic: str | None, bases: Bases, style: Style = PLAIN, notice: str = "") -> str:
    """The digest for a terminal or a mail: the stories with their key sentences and sources; a `notice` comes last."""
    sources = {each.number: each for each in digest.citations}
    parts = [style.strong(wrap(f"{digest_wording.days(digest, topic, visible)}: {digest_wording.outcome(digest)}"))]
    parts += [wrap(top)] if (top := digest_wording.top(digest, visible)) else []
    parts += [_text_story(number, story, sources, bases, style) for number, story in enumerate(digest.stories, 1)]
    parts += [style.dim(wrap(line)) for line in (*digest_wording.footer(digest, visible), notice) if line]
    return "\n\n".join(parts)


def _text_story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases, style: Style) -> str:
    def cited(numbers: Iterable[int]) -> list[str]:
        return [terminal.source(sources[each], bases, indent=3, style=style) for each in numbers]

    lines = [style.strong(wrap(f"{number}. {digest_wording.title(story, visible)}", hanging=3))]
    below = [style.dim(wrap(digest_wording.tellers(story, visible), indent=3))]
    for lead, point in digest_wording.points(story, sources):
        below += [wrap(lead + point.text, indent=3), *cited(point.citations)]
    shown = {each for point in story.points for each in point.citations}
    for mark in story.marks:
        others = dict.fromkeys(each for side in mark.sides for each in side.citations if each not in shown)
        kind, colon, quotes = wrap(f"{digest_wording.MARKS[mark.kind]}: {_sides(mark, sources)}", indent=3).partition(
            ":"
        )
        below += [style.tint(kind + colon, "unsure") + quotes, *cited(others)]
    return "\n".join([*lines, *(textwrap.indent(each, "   ") for each in below)])


def _sides(mark: Mark, sources: Mapping[int, Citation]) -> str:
    return "".join(
        f"{lead}“{side.said}” {' '.join(f'[{number}]' for number in side.citations)}"
        for lead, side in digest_wording.sides(mark, sources)
    )


def markdown(digest: Digest, topic: str | None, bases: Bases) -> str:
    """The digest in CommonMark, with the numbered sources below the stories."""
    sources = {each.number: each for each in digest.citations}
    parts = [f"# {digest_wording.days(digest, topic, escape)}", capital(digest_wording.outcome(digest))]
    parts += [f"**{top}**"] if (top := digest_wording.top(digest, escape)) else []
    parts += [_markdown_story(number, story, sources, bases) for number, story in enumerate(digest.stories, 1)]
    if digest.citations:
        parts += ["## Sources", "\n".join(markdown_source(each, bases) for each in digest.citations)]
    parts += ["---", *foot] if (foot := digest_wording.footer(digest, escape)) else []
    return "\n\n".join(parts)


def _markdown_story(number: int, story: Story, sources: Mapping[int, Citation], bases: Bases) -> str:
    points = [
        f"- {lead}{escape(each.text)} {numbers(each.citations, sources, bases)}"
        for lead, each in digest_wording.points(story, sources)
    ]
    parts = [f"## {number}. {digest_wording.title(story, escape)}", "\n".join(points)]
    parts += [_markdown_mark(each, sources, bases) for each in story.marks]
    return "\n\n".join(filter(None, [*parts, digest_wording.tellers(story, escape)]))


def _markdown_mark(mark: Mark, sources: Mapping[int, Citation], bases: Bases) -> str:
    sides = digest_wording.sides(mark, sources)
    quotes = (f"{lead}“{escape(side.said)}” {numbers(side.citations, sources, bases)}" for lead, side in sides)
    return f"**{digest_wording.MARKS[mark.kind]}**: {''.join(quotes)}"


def page(digest: Digest, topic: str | None, bases: Bases, notice: str = "") -> str:
    """The digest as a web page without other files, fit for printing and mailing; a `notice` comes last."""
    sources = {each.number: each for each in digest.citations}
    return source_lists.page(
        "digest.html",
        digest.citations,
        bases,
        title=digest_wording.days(digest, topic, visible),
        outcome=capital(digest_wording.outcome(digest)),
        top=digest_wording.top(digest, visible),
        stories=[
            (
                digest_wording.title(story, visible),
                digest_wording.tellers(story, visible),
                [(lead, visible(each.text), each.citations) for lead, each in digest_wording.points(story, sources)],
                [(digest_wording.MARKS[mark.kind], list(_quoted(mark, sources))) for mark in story.marks],
            )
            for story in digest.stories
        ],
        footer=[*digest_wording.footer(digest, visible), *([notice] if notice else [])],
    )


def _quoted(mark: Mark, sources: Mapping[int, Citation]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    for lead, side in digest_wording.sides(mark, sources):
        yield lead, visible(side.said), side.citations
