"""The briefing note: what the articles say about a topic, on one page."""
