"""`briefing doctor`: checks of the installation, with fixes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings import PORTAL

NEW_TOKEN = f"at {PORTAL}, under Bot, reset the token, and copy the new one into .env as DISCORD_TOKEN=…"


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one part, and the fix if it is not well."""

    subject: str
    state: str
    well: bool = True
    mend: str | None = None
