"""Every pair of colours that a text is drawn in can be read, in every theme there is."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from importai_tui.tui.theme import MIN_CONTRAST, OWN_THEMES, TERMINAL, contrast_ratio, derive_variables, make_readable

COLOURFUL = [theme for theme in (*OWN_THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]
ANSI = [theme for theme in (*OWN_THEMES, *BUILTIN_THEMES.values()) if theme.ansi]
PAIRS = [
    *[(text, ground) for text in ("foreground", "muted", "mark", "second") for ground in ("background", "panel")],
    # Nothing under the cursor is muted, and no words that can be highlighted are.
    *[(text, ground) for text in ("foreground", "mark", "second") for ground in ("cursor", "highlight")],
    # What was looked for, and the one of it that the reader is at.
    ("foreground", "match"),
    ("background", "mark"),
    # What Textual draws with its own names: hovered links, a line that is typed into, its choices, selected words.
    ("text-muted", "panel"),
    ("foreground", "block-cursor-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
]
"""Text and the ground it is drawn on; the names are variables of the themes."""


def variables(theme: Theme) -> dict[str, str]:
    """What the style sheet is given, as `App.get_css_variables` puts it together."""
    return derive_variables(theme.to_color_system().generate() | theme.variables)


@pytest.mark.parametrize("theme", COLOURFUL, ids=lambda theme: theme.name)
def test_every_pair_of_colours_in_use_can_be_read(theme: Theme) -> None:
    colours = variables(theme)
    found = {pair: contrast_ratio(*(Color.parse(colours[name]) for name in pair)) for pair in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < MIN_CONTRAST} == {}


@pytest.mark.parametrize("theme", COLOURFUL, ids=lambda theme: theme.name)
def test_the_cursor_and_what_was_found_stand_out_from_the_page(theme: Theme) -> None:
    page, cursor, match = (Color.parse(variables(theme)[name]) for name in ("background", "cursor", "match"))
    assert min(contrast_ratio(cursor, page), contrast_ratio(match, page)) >= 1.1


@pytest.mark.parametrize("theme", COLOURFUL, ids=lambda theme: theme.name)
def test_no_theme_loses_its_own_letters_and_ground(theme: Theme) -> None:
    own, drawn = theme.to_color_system().generate(), variables(theme)
    assert (drawn["foreground"], drawn["background"]) == (own["foreground"], own["background"])


@pytest.mark.parametrize("theme", ANSI, ids=lambda theme: theme.name)
def test_in_the_terminals_own_colours_meaning_is_kept_without_a_colour(theme: Theme) -> None:
    drawn = variables(theme)
    assert [drawn[name] for name in ("muted", "cursor", "match")] == [
        "ansi_default dim",
        "ansi_default reverse",
        "ansi_default reverse",
    ]
    assert drawn["highlight"] != drawn["match"]


def test_the_theme_of_the_terminal_names_no_colour_by_its_shade() -> None:
    assert [name for name, value in variables(TERMINAL).items() if "#" in value] == []


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    page = Color.parse("#15161a")
    assert make_readable(Color.parse("#e3a857"), [page]) == Color.parse("#e3a857")
    assert contrast_ratio(make_readable(Color.parse("#402010"), [page]), page) >= MIN_CONTRAST


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000", "#fff", 21), ("#777", "#fff", 4.48), ("#abc", "#abc", 1)])
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(Color.parse(one), Color.parse(other)) == pytest.approx(ratio, abs=0.005)
