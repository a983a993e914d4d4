"""Fetches from the open web: only what is allowed, politely, and within bounds."""
