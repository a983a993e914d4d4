"""Numbered sources and their numbers, in Markdown and on web pages. Text of articles neither formats nor links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.presentation import wording
from bot.presentation.links import Bases, best_link, is_address
from retrieval.domain.citations import Citation
from retrieval.nlp.markup import visible

# Markup of CommonMark, GitHub and Pandoc: anywhere in a line, and at its start.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&$@^]|:(?=//)|(?<=www)\.|^[-+=:]", re.IGNORECASE)
_ITEM = re.compile(r"^([0-9]+)(?=[.)](?:\s|$))")


def numbers(cited: Sequence[int], sources: Mapping[int, Citation], bases: Bases) -> str:
    """The numbers of citations, linked: `[\\[1\\]](<https://...>)`."""
    return "".join(_linked(f"\\[{each}\\]", best_link(sources[each], bases)) for each in cited)


def markdown_source(citation: Citation, bases: Bases) -> str:
    """The item of a source in a numbered list."""
    where = best_link(citation, bases)
    named = _linked(escape(citation.title or citation.file) or "untitled", where)
    return f"{citation.number}. {' · '.join([named, *map(escape, known(citation, where))])}"


def escape(foreign: str) -> str:
    """Text that Markdown shows as it is."""
    return _ITEM.sub(r"\1\\", _ACTIVE.sub(r"\\\g<0>", visible(foreign)))


def known(citation: Citation, where: str) -> list[str]:
    """The metadata of a source beside its title, and its place if it has no link."""
    parts = [visible(part) for part in (citation.outlet, citation.author) if part]
    parts.append(wording.day(citation.published, citation.published_estimated))
    return [part for part in (*parts, "" if is_address(where) else visible(where)) if part]


def page(template: str, cited: Sequence[Citation], bases: Bases, **values: Any) -> str:
    """The web page of a template, without other files; it ends with the sources."""
    import jinja2

    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    pages.filters["visible"] = visible
    bases = bases.among(cited)
    links = {each.number: best_link(each, bases) for each in cited}
    return pages.get_template(template).render(
        links={number: where for number, where in links.items() if is_address(where)},
        sources=[
            (each.number, visible(each.title or each.file) or "untitled", known(each, links[each.number]))
            for each in cited
        ],
        **values,
    )


def _linked(label: str, where: str) -> str:
    # Angle brackets mark the end of an address; `&` is escaped, or it could begin a character reference.
    return f"[{label}](<{where.replace('&', '&amp;')}>)" if is_address(where) else label
