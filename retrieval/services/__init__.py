"""The use cases, by what they are for. `bootstrap` puts them together."""
