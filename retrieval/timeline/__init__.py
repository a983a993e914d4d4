"""What was said and done about a topic, day by day."""
