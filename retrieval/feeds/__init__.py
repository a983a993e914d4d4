"""Feeds read: RSS, Atom and JSON Feed, lists of feeds (OPML), and the feeds a web page names. No network here."""
