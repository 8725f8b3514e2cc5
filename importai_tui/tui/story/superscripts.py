"""Link numbers as they stand in the text: small and raised."""

from __future__ import annotations

RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
"""All digits that a link's number is drawn with."""
_TO_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def superscript(number: int) -> str:
    """The number in raised digits: 12 is ¹²."""
    return str(number).translate(_TO_RAISED)
