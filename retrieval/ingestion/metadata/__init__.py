"""Metadata of articles: title, author, outlet, address, day and tags, all with their basis."""
