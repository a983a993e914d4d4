"""How many questions a person may ask in a while."""

from __future__ import annotations

import math
from collections import OrderedDict

from discord.app_commands import Cooldown

# People remembered: those who asked longest ago are forgotten, and may ask.
_REMEMBERED = 10_000


class RateLimit:
    """Lets each person through `questions` times in `seconds`."""

    def __init__(self, questions: int, seconds: int) -> None:
        self._questions, self._seconds = questions, seconds
        self._people: OrderedDict[int, Cooldown] = OrderedDict()

    def wait(self, person: int, now: float) -> int:
        """How many seconds a person has to wait; 0, and counted, where they may go through. `now` in seconds."""
        cooldown = self._people.setdefault(person, Cooldown(self._questions, self._seconds))
        self._people.move_to_end(person)
        if len(self._people) > _REMEMBERED:
            self._people.popitem(last=False)
        return math.ceil(cooldown.update_rate_limit(now) or 0)
