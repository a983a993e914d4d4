"""What a window of days was about: its articles as stories, weighed."""
