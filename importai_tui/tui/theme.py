"""Themes: our own `ink`, `paper` and `terminal`, our variables in every other theme, and contrast of colours.

Six variables are ours. `$mark` is for unread, current and run-in heads; `$second` for kinds of links and fiction;
`$muted` for muted text. `$cursor`, `$highlight` and `$match` are backgrounds of the cursor, highlights and matches.
Each pair in use has a contrast of at least 4.5:1 in any theme whose own text has that on its background. They are for
the styles of text only: in `terminal` some are not colours but dim, italic or reversed text.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.color import Color as Drawn
from rich.color import ColorSystem
from textual.color import BLACK, WHITE, Color
from textual.theme import Theme

MIN_CONTRAST = 4.5
"""The least contrast of text and its background: level AA of WCAG 2.1, section 1.4.3."""
_MIN_BACKGROUND_CONTRAST = 1.11
"""The least contrast of two backgrounds that the eye can tell apart; paper and its panel have that."""
_BLEND_STEPS = 50
"""Steps between two colours when looking for the nearest usable one."""
INK_NAME = "ink"
PAPER_NAME = "paper"
TERMINAL_NAME = "terminal"
_LIMITED_COLOUR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "windows": ColorSystem.WINDOWS,
    "256": ColorSystem.EIGHT_BIT,
}
"""Terminals with few colours, by Rich's names for them."""
_SIGNAL_BACKGROUNDS = ("cursor", "match")
"""The backgrounds that alone show the cursor and the matches."""


def make_theme(
    name: str,
    *,
    dark: bool,
    background: str,
    panel: str,
    foreground: str,
    muted: str,
    accent: str,
    second: str,
    cursor: str,
    highlight: str,
    match: str,
    scrollbar: str,
) -> Theme:
    """Return a theme of two backgrounds, two weights of text and two colours."""
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=second,
        accent=accent,
        warning=accent,
        error=accent,
        success=second,
        foreground=foreground,
        background=background,
        surface=background,
        panel=panel,
        boost=panel,
        variables=_variables(background, panel, foreground, muted, accent, second, cursor, highlight, match, scrollbar),
    )


def _variables(
    background: str,
    panel: str,
    foreground: str,
    muted: str,
    mark: str,
    second: str,
    cursor: str,
    highlight: str,
    match: str,
    scrollbar: str,
) -> dict[str, str]:
    """Return our variables, and those of Textual that the screen is drawn with."""
    return {
        "mark": mark,
        "second": second,
        "muted": muted,
        "cursor": cursor,
        "highlight": highlight,
        "match": match,
        "text-muted": muted,
        "text-disabled": muted,
        "border": cursor,
        "border-blurred": panel,
        "block-cursor-background": cursor,
        "block-cursor-foreground": foreground,
        "block-cursor-text-style": "bold",
        "block-hover-background": panel,
        "input-cursor-background": foreground,
        "input-cursor-foreground": background,
        "input-selection-background": cursor,
        "scrollbar": scrollbar,
        "scrollbar-hover": muted,
        "scrollbar-active": mark,
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
        "scrollbar-corner-color": background,
        "screen-selection-background": cursor,
        "screen-selection-foreground": foreground,
    }


INK = make_theme(
    INK_NAME,
    dark=True,
    background="#15161a",
    panel="#1b1d22",
    foreground="#d9d4c7",
    muted="#8a8477",
    accent="#e3a857",
    second="#b39ddb",
    cursor="#383c48",
    highlight="#3a3320",
    match="#3b3354",
    scrollbar="#22252b",
)
PAPER = make_theme(
    PAPER_NAME,
    dark=False,
    background="#fbf8f1",
    panel="#f1ecdf",
    foreground="#2a2925",
    muted="#716a5d",
    accent="#8b3409",
    second="#573d8c",
    cursor="#cbc1a8",
    highlight="#f6e3a1",
    match="#dfd5f2",
    scrollbar="#eee8d9",
)
TERMINAL = Theme(
    name=TERMINAL_NAME,
    ansi=True,
    primary="ansi_magenta",
    secondary="ansi_default",
    accent="ansi_magenta",
    warning="ansi_magenta",
    error="ansi_magenta",
    success="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        # Textual's own style sheet needs these two in every ANSI theme.
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "reverse",
        "input-cursor-text-style": "reverse",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "link-background-hover": "ansi_default",
        "scrollbar": "ansi_bright_black",
        "scrollbar-hover": "ansi_bright_black",
        "scrollbar-active": "ansi_magenta",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)
"""The terminal's own text on its own background, and one colour.

Of the eight colours only magenta is readable on white and on black, as xterm draws them (4.7:1 and 4.5:1).
"""
OWN_THEMES = (INK, PAPER, TERMINAL)


def derive_variables(variables: dict[str, str]) -> dict[str, str]:
    """Return a theme's variables with ours added; for a built-in theme they are derived from its own colours.

    Background, text and the two colours of the theme stay; shades between them are replaced by readable ones.
    """
    if "mark" in variables:
        return variables
    if variables["background"].startswith("ansi"):
        return variables | _terminal_variables(variables["accent"])
    background, text = (Color.parse(variables[name]).rgb for name in ("background", "foreground"))
    return variables | _derive_from_colours(variables, Color(*background), Color(*text))


def is_distinguishable(theme: Theme, system: str | None) -> bool:
    """Return True if the signal backgrounds of a theme differ from its page on a terminal of that kind."""
    if theme.ansi or system not in _LIMITED_COLOUR_SYSTEMS:
        return True
    variables = derive_variables(theme.to_color_system().generate() | theme.variables)
    page, *signals = (
        _terminal_colour(variables[name], _LIMITED_COLOUR_SYSTEMS[system])
        for name in ("background", *_SIGNAL_BACKGROUNDS)
    )
    return page not in signals


def format_colour_count(system: str | None) -> str:
    """Return how many colours such a terminal has, in figures."""
    return "256" if system == "256" else "16"


def contrast_ratio(first: Color, second: Color) -> float:
    """Return the contrast ratio of WCAG 2.1: 1 for the same colour, 21 for black and white."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def make_readable(colour: Color, backgrounds: Iterable[Color]) -> Color:
    """Return the colour, made lighter or darker until it is readable on all these backgrounds.

    It keeps its hue as long as possible: the last resort is white or black.
    """
    surfaces = tuple(backgrounds)
    end = max((WHITE, BLACK), key=lambda end: min(contrast_ratio(end, surface) for surface in surfaces))
    shades = (colour.blend(end, step / _BLEND_STEPS) for step in range(_BLEND_STEPS))
    return next(
        (shade for shade in shades if all(contrast_ratio(shade, surface) >= MIN_CONTRAST for surface in surfaces)), end
    )


def tint(background: Color, hue: Color, share: float, text: Color, contrast_share: float) -> Color:
    """Return the background with a share of a hue, but no more than leaves text `contrast_share` of its contrast.

    The result is always readable.
    """
    least = max(MIN_CONTRAST, contrast_share * contrast_ratio(text, background))
    shades = (background.blend(hue, share * (_BLEND_STEPS - step) / _BLEND_STEPS) for step in range(_BLEND_STEPS))
    return next((shade for shade in shades if contrast_ratio(text, shade) >= least), background)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _derive_from_colours(variables: dict[str, str], background: Color, text: Color) -> dict[str, str]:
    accent, primary, secondary = (Color.parse(variables[name]) for name in ("accent", "primary", "secondary"))
    panel = tint(background, Color.parse(variables["panel"]), 1, text, 0.92)
    cursor = _make_visible(tint(background, text, 0.3, text, 0.65), background, text)
    highlight = tint(background, primary, 0.3, text, 0.75)
    match = _make_visible(tint(background, secondary, 0.4, text, 0.75), background, text)
    surfaces = (background, panel, cursor, highlight)
    muted = make_readable(background.blend(text, 0.55), (background, panel))
    mark, second = (make_readable(colour, surfaces) for colour in (accent, secondary))
    shades = (background, panel, text, muted, mark, second, cursor, highlight, match, cursor)
    return {"panel": panel.hex} | _variables(*(shade.hex for shade in shades))


def _make_visible(shade: Color, background: Color, text: Color) -> Color:
    """Return the shade if it stands out from the background; else a shade farther from the text."""
    if contrast_ratio(shade, background) >= _MIN_BACKGROUND_CONTRAST:
        return shade
    farther = background.blend(text.get_contrast_text(1), 0.5)
    return max(shade, farther, key=lambda other: contrast_ratio(other, background))


def _terminal_variables(accent: str) -> dict[str, str]:
    """Return variables without colours: a terminal may have any, and half of the eight are unreadable on white."""
    return {
        "mark": accent,
        "second": "ansi_default italic",
        "muted": "ansi_default dim",
        "cursor": "ansi_default reverse",
        "highlight": "ansi_default italic underline",
        "match": "ansi_default reverse",
    }


def _terminal_colour(shade: str, system: ColorSystem) -> int | None:
    return Drawn.from_rgb(*Color.parse(shade).rgb).downgrade(system).number
