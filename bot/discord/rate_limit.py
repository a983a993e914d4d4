"""A limit on the questions of a person."""

from __future__ import annotations

import math
from collections import OrderedDict

from discord.app_commands import Cooldown

# People remembered; the ones who asked longest ago are forgotten.
_REMEMBERED = 10_000


class RateLimit:
    """Allows every person `questions` questions in `seconds`."""

    def __init__(self, questions: int, seconds: int) -> None:
        self._questions, self._seconds = questions, seconds
        self._people: OrderedDict[int, Cooldown] = OrderedDict()

    def wait(self, person: int, now: float) -> int:
        """The seconds a person has to wait; if 0, the question is allowed and counted. `now` is in seconds."""
        cooldown = self._people.setdefault(person, Cooldown(self._questions, self._seconds))
        self._people.move_to_end(person)
        if len(self._people) > _REMEMBERED:
            self._people.popitem(last=False)
        return math.ceil(cooldown.update_rate_limit(now) or 0)
