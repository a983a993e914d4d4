"""Messages for Discord, as text within its limits."""
