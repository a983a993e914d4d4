"""The title, author, outlet and day of an article, and where they were read."""
