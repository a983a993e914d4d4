"""Two outlets or two periods on one topic, side by side."""
