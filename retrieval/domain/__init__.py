"""The things the library speaks of: plain frozen dataclasses, a module a subject."""
