"""Feeds: read, cleaned of markup, subscribed to, polled, and their entries brought in."""
