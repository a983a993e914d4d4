"""The web page that shows a stored article with the cited passage marked."""
