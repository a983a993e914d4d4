"""What a sentence says, read from its words alone: no question, no store, no vector."""
