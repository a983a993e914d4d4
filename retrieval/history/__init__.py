"""What was said over time: the course of a topic, two sides of it, what a story changes or disputes."""
