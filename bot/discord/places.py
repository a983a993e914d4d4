"""The places where commands are offered."""

from __future__ import annotations

from discord import app_commands

# discord.py's own `guild_only` keeps the default of the tree, which includes private messages.
on_servers = app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
