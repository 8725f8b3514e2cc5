"""Link numbers as they stand in the text: small and raised."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def superscript(number: int) -> str:
    """The number in raised digits: 12 is ¹²."""
    return str(number).translate(_RAISED)
