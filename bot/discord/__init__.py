"""The Discord bot: its client, what the commands share, and the way of an answer to a person."""
