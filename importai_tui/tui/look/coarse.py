"""Whether a theme can still be read where a terminal has few colours: shades that are near fall into one there."""

from __future__ import annotations

from rich.color import Color as Drawn
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

from importai_tui.tui.look.themes import stand_ins

_SYSTEMS = {"standard": ColorSystem.STANDARD, "windows": ColorSystem.WINDOWS, "256": ColorSystem.EIGHT_BIT}
"""The terminals that have few colours, by Rich's names for them."""
_GROUNDS = ("cursor", "match")
"""The grounds that alone tell where one is, and what was found."""


def colours_of(system: str | None) -> str:
    """How many colours such a terminal has, in figures."""
    return "256" if system == "256" else "16"


def is_told_apart(theme: Theme, system: str | None) -> bool:
    """Whether the grounds of a theme are another colour than its page on a terminal of that kind."""
    if theme.ansi or system not in _SYSTEMS:
        return True
    variables = stand_ins(theme.to_color_system().generate() | theme.variables)
    page, *grounds = (_drawn(variables[name], _SYSTEMS[system]) for name in ("background", *_GROUNDS))
    return page not in grounds


def _drawn(shade: str, system: ColorSystem) -> int | None:
    return Drawn.from_rgb(*Color.parse(shade).rgb).downgrade(system).number
