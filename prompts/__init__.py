"""What a language model is told. Empty until one writes answers: extractive answers need no prompt."""
