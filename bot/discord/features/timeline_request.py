"""The request for a timeline, as the id of a button holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from retrieval.domain.searches import Filter
from retrieval.errors import QuestionError

# The characters that topic, actor and outlet may have together: the id of a button has at most 100.
_WORDS = 62
BUTTON = re.compile(
    r"briefing:timeline:([0-9a-f]{0,6}):([0-9a-f]{0,6}):([0-9]{1,3}):([^|]{0,64})\|([^|]{0,64})\|([^|]{0,64})"
)


@dataclass(frozen=True, slots=True)
class TimelineRequest:
    """A topic, an actor and a filter. The words are short enough for the id of a button."""

    topic: str
    actor: str
    only: Filter

    @classmethod
    def of(cls, topic: str, actor: str, only: Filter) -> TimelineRequest:
        """The request as a user typed it.

        Raises:
            QuestionError: there are too many words, or none.
        """
        topic, actor, *outlets = (" ".join(each.replace("|", " ").split()) for each in (topic, actor, *only.outlets))
        if not topic:
            raise QuestionError("Name a topic.")
        if (many := len(topic + actor + "".join(outlets))) > _WORDS:
            raise QuestionError(f"Topic, actor and outlet have {many} characters together; the limit is {_WORDS}.")
        return cls(topic, actor, replace(only, outlets=tuple(outlets)))

    def button(self, page: int) -> str:
        """The id of the button that turns to a page."""
        days = self.only.since, self.only.until
        since, until = (f"{date.fromisoformat(each).toordinal():x}" if each else "" for each in days)
        return f"briefing:timeline:{since}:{until}:{page}:{self.topic}|{self.actor}|{''.join(self.only.outlets)}"

    @classmethod
    def read(cls, button: re.Match[str]) -> TimelineRequest:
        """The request in the id of a button."""
        since, until = (date.fromordinal(int(each, 16)).isoformat() if each else None for each in button.group(1, 2))
        return cls(button[4], button[5], Filter(since, until, (button[6],) if button[6] else ()))
