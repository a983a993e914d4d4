"""Reading text: tokens, sentences, and what a sentence says, from its words alone."""
