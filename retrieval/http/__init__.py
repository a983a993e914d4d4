"""Fetching from the open web: only what may be fetched, politely, and never more of it than asked for."""
