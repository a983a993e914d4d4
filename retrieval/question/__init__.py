"""From what somebody typed to a question that is understood."""
