"""`briefing doctor`: checks of the installation, with fixes."""
