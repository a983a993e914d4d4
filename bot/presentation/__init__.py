"""Rendering without Discord: messages, terminal text, JSON documents, files and pictures."""
