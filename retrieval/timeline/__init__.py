"""A topic over time, day by day."""
