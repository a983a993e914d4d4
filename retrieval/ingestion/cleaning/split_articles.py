"""Articles that a page lays out in several boxes, an advertisement or a picture between them: extraction would take one
box for the whole."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Any

_LONG = 100  # characters: a teaser's or caption's paragraph is mostly shorter
_PARAGRAPHS = 2
_HEADINGS = 100  # looked at in one place: pages are made so that more would take long


def rejoin(tree: Any) -> None:
    """Puts what stands in boxes of one kind, next to each other or each in a box of its own, into the first of them.

    Boxes that have a headline above them or belong to different articles are left apart.
    """
    boxes = [box for box in tree.iter("div", "section") if box.get("class") and _is_text(box)]
    headed = {around: _is_headed(around, set(boxes)) for around in {box.getparent() for box in boxes} - {None}}
    groups: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for box in boxes:
        around = box.getparent()
        for level, parent in enumerate((around, None if around is None else around.getparent())):
            if parent is not None and not headed[around]:
                groups[level, parent, box.tag, box.get("class"), _article(box)].append(box)
    joined: set[Any] = set()
    for first, *others in groups.values():
        for box in others:
            if first not in joined and box not in joined:
                first.extend(list(box))
                joined.add(box)


def _is_text(box: Any) -> bool:
    long = sum(len("".join(part.itertext())) >= _LONG for part in box if part.tag == "p")
    return long >= _PARAGRAPHS


def _is_headed(around: Any, boxes: set[Any]) -> bool:
    """Whether a headline stands beside the boxes in it: then each is a text of its own."""
    return any(boxes.isdisjoint(heading.iterancestors()) for heading in islice(around.iter("h1", "h2"), _HEADINGS))


def _article(box: Any) -> Any:
    return next(box.iterancestors("article"), None)
