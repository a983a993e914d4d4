"""Feeds: found, fetched, parsed, cleaned of markup, polled; their entries become articles."""
