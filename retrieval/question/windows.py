"""The window of publication dates that a question asks for, all its phrases about time taken together."""

from __future__ import annotations

import re
from datetime import date

from retrieval.question.calendar import Window
from retrieval.question.time_expressions import relative_windows, written_windows

_VAGUE = re.compile(r"(?<!most\s)(?<!more\s)\brecently\b", re.IGNORECASE)
# What is quoted is a title or somebody's words, whatever it says of time.
QUOTED = re.compile(r'["“][^"“”]{1,300}["”]')


def find_window(text: str, as_of: date) -> Window:
    """The window asked for on the day `as_of`, all the question's phrases about time taken together."""
    quoted = [match.span() for match in QUOTED.finditer(text)]
    absolute = list(written_windows(text, as_of))
    # "On Tuesday, 3 December" and "in May last year" are absolute as a whole.
    taken = [span for window in absolute for span in window.spans]
    relative = [window for window in relative_windows(text, as_of) if not _overlaps(window, taken)]
    found = [window for window in (*relative, *absolute) if not _overlaps(window, quoted)]
    vague = tuple(match.span() for match in _VAGUE.finditer(text))
    # "This week" beside a year: the year is background.
    chosen = [window for window in found if window.kind == "relative"] or found
    if not chosen:
        return Window(None, None, None, vague)
    return _joined(chosen, vague)


def _overlaps(window: Window, spans: list[tuple[int, int]]) -> bool:
    return any(start < window.spans[0][1] and window.spans[0][0] < end for start, end in spans)


def _joined(windows: list[Window], vague: tuple[tuple[int, int], ...]) -> Window:
    """ "Since X, until Y" closes from both ends; other windows are taken together, as wide as they reach."""
    since = [window.since for window in windows if window.since]
    until = [window.until for window in windows if window.until]
    open_end = any(window.until is None for window in windows)
    open_start = any(window.since is None for window in windows)
    spans = tuple(sorted((*(span for window in windows for span in window.spans), *vague)))
    kind = windows[0].kind
    if open_end and open_start and max(since) <= min(until):
        return Window(max(since), min(until), kind, spans)
    if open_end and open_start:
        # "Since 2000" beside "before 2000" leaves nothing out.
        return Window(None, None, None, vague)
    return Window(None if open_start else min(since), None if open_end else max(until), kind, spans)
