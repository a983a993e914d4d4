"""Where commands are offered."""

from __future__ import annotations

from discord import app_commands

# discord.py's own `guild_only` leaves the tree's default in force, and that has private messages in it.
on_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
