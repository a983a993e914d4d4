"""The contrast of two colours as the Web Content Accessibility Guidelines count it; 4.5 is their level AA."""

from __future__ import annotations

import re


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted(map(brightness, (one, other)))
    return (high + 0.05) / (low + 0.05)


def brightness(colour: str) -> float:
    """The relative luminance of a colour such as `rgb(1, 2, 3)` or `#010203`."""
    found = re.findall(r"[0-9a-fA-F]{2}", colour) if colour.startswith("#") else re.findall(r"\d+", colour)
    parts = [int(each, 16 if colour.startswith("#") else 10) / 255 for each in found[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
