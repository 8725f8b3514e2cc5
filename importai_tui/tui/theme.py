"""Our own themes, `ink`, `paper` and `terminal`, and what stands in for their extra colours in every other theme.

Six variables are ours: `$mark` (unread, here, run-in heads), `$second` (kinds of links, the fiction), `$muted`;
`$cursor`, the ground under a list's cursor, `$highlight`, the one under kept words, and `$match`, the one under what
was looked for. Each pair in use has a contrast of at least 4.5:1, in any theme whose own text has that on its ground.
They are for the styles of text alone: in `terminal` some are no colour but dim, italic or reversed letters.

Colours reckoned with: how far two stand apart, and one moved until it can be read. Pure.

Whether a theme can still be read where a terminal has few colours: shades that are near fall into one there.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.color import Color as Drawn
from rich.color import ColorSystem
from textual.color import BLACK, WHITE, Color
from textual.theme import Theme

MIN_CONTRAST = 4.5
"""The least contrast of text and its ground: level AA of WCAG 2.1, section 1.4.3."""
_BLEND_STEPS = 25
"""From one colour to another, when looking for the nearest that will do."""


def contrast_ratio(first: Color, second: Color) -> float:
    """The ratio of WCAG 2.1: 1 for the same colour, 21 for black and white."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def make_readable(colour: Color, backgrounds: Iterable[Color]) -> Color:
    """The colour, so much lighter or darker, away from the grounds, that it can be read on all of them.

    It keeps its hue as long as it can: the end of the way is white, or black.
    """
    wanted = tuple(backgrounds)
    end = max((WHITE, BLACK), key=lambda end: min(contrast_ratio(end, ground) for ground in wanted))
    shades = (colour.blend(end, step / _BLEND_STEPS) for step in range(_BLEND_STEPS))
    return next(
        (shade for shade in shades if all(contrast_ratio(shade, ground) >= MIN_CONTRAST for ground in wanted)), end
    )


def tint(background: Color, hue: Color, share: float, text: Color, contrast_share: float) -> Color:
    """The ground with a share of a hue, or with as much of it as leaves to text that share of its contrast there.

    It never leaves less than can be read.
    """
    least = max(MIN_CONTRAST, contrast_share * contrast_ratio(text, background))
    shades = (background.blend(hue, share * (_BLEND_STEPS - step) / _BLEND_STEPS) for step in range(_BLEND_STEPS))
    return next((shade for shade in shades if contrast_ratio(text, shade) >= least), background)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


INK_NAME = "ink"
PAPER_NAME = "paper"
TERMINAL_NAME = "terminal"
_MIN_BACKGROUND_CONTRAST = 1.1
"""The least contrast of two grounds that are to be told apart; that of paper and its panel is 1.1."""


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
    """Ours, and those of Textual's that the page is drawn with."""
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
    """A theme of two grounds, two weights of text and two colours."""
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


INK = make_theme(
    INK_NAME,
    dark=True,
    background="#15161a",
    panel="#1b1d22",
    foreground="#d9d4c7",
    muted="#8a8477",
    accent="#e3a857",
    second="#b39ddb",
    cursor="#2a2d35",
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
    accent="#a34a1f",
    second="#6b4fa0",
    cursor="#eae3d2",
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
        # Textual's own style sheet asks every theme of this sort for these two.
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
"""The terminal's own letters on its own ground, whatever these are, and one colour.

Of the eight, magenta alone can be read on white and on black in the colours that xterm gives them (4.7:1 and 4.5:1).
"""
OWN_THEMES = (INK, PAPER, TERMINAL)


def derive_variables(variables: dict[str, str]) -> dict[str, str]:
    """A theme's variables with ours among them: a built-in theme's are drawn from its own colours.

    Its ground, its letters and its two colours stay; shades between are drawn anew, so that all of them can be read.
    """
    if "mark" in variables:
        return variables
    if variables["background"].startswith("ansi"):
        return variables | _terminal_variables(variables["accent"])
    ground, text = (Color.parse(variables[name]).rgb for name in ("background", "foreground"))
    return variables | _derive_from_colours(variables, Color(*ground), Color(*text))


def _derive_from_colours(variables: dict[str, str], ground: Color, text: Color) -> dict[str, str]:
    accent, primary, secondary = (Color.parse(variables[name]) for name in ("accent", "primary", "secondary"))
    panel = tint(ground, Color.parse(variables["panel"]), 1, text, 0.85)
    cursor = _make_visible(tint(ground, text, 0.14, text, 0.75), ground, text)
    highlight = tint(ground, primary, 0.3, text, 0.75)
    match = _make_visible(tint(ground, secondary, 0.4, text, 0.75), ground, text)
    grounds = (ground, panel, cursor, highlight)
    muted = make_readable(ground.blend(text, 0.55), (ground, panel))
    mark, second = (make_readable(colour, grounds) for colour in (accent, secondary))
    shades = (ground, panel, text, muted, mark, second, cursor, highlight, match, cursor)
    return {"panel": panel.hex} | _variables(*(shade.hex for shade in shades))


def _make_visible(shade: Color, ground: Color, text: Color) -> Color:
    """The shade, if it is one that is seen on the ground; else another, farther from the text, which has more room."""
    if contrast_ratio(shade, ground) >= _MIN_BACKGROUND_CONTRAST:
        return shade
    farther = ground.blend(text.get_contrast_text(1), 0.5)
    return max(shade, farther, key=lambda other: contrast_ratio(other, ground))


def _terminal_variables(accent: str) -> dict[str, str]:
    """What needs no colour: a terminal's own may be anything, and half of the eight cannot be read on white."""
    return {
        "mark": accent,
        "second": "ansi_default italic",
        "muted": "ansi_default dim",
        "cursor": "ansi_default reverse",
        "highlight": "ansi_default italic underline",
        "match": "ansi_default reverse",
    }


_LIMITED_COLOUR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "windows": ColorSystem.WINDOWS,
    "256": ColorSystem.EIGHT_BIT,
}
"""The terminals that have few colours, by Rich's names for them."""
_SIGNAL_BACKGROUNDS = ("cursor", "match")
"""The grounds that alone tell where one is, and what was found."""


def format_colour_count(system: str | None) -> str:
    """How many colours such a terminal has, in figures."""
    return "256" if system == "256" else "16"


def is_distinguishable(theme: Theme, system: str | None) -> bool:
    """Whether the grounds of a theme are another colour than its page on a terminal of that kind."""
    if theme.ansi or system not in _LIMITED_COLOUR_SYSTEMS:
        return True
    variables = derive_variables(theme.to_color_system().generate() | theme.variables)
    page, *grounds = (
        _terminal_colour(variables[name], _LIMITED_COLOUR_SYSTEMS[system])
        for name in ("background", *_SIGNAL_BACKGROUNDS)
    )
    return page not in grounds


def _terminal_colour(shade: str, system: ColorSystem) -> int | None:
    return Drawn.from_rgb(*Color.parse(shade).rgb).downgrade(system).number
