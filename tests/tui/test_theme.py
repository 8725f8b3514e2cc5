"""Themes: every pair of colours of text is readable; few colours and no colours."""

from __future__ import annotations

from typing import Any

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from importai_tui.library.library import Library
from importai_tui.tui.theme import (
    INK,
    MIN_CONTRAST,
    OWN_THEMES,
    PAPER,
    TERMINAL,
    contrast_ratio,
    derive_variables,
    is_distinguishable,
    make_readable,
)
from tests.tui.sample_app import run_reader, store_issues

COLOUR_THEMES = [theme for theme in (*OWN_THEMES, *BUILTIN_THEMES.values()) if not theme.ansi]

ANSI_THEMES = [theme for theme in (*OWN_THEMES, *BUILTIN_THEMES.values()) if theme.ansi]

TEXT_PAIRS = [
    *[
        (text, background)
        for text in ("foreground", "muted", "mark", "second")
        for background in ("background", "panel")
    ],
    # Text under the cursor and text that can be highlighted is never muted.
    *[(text, background) for text in ("foreground", "mark", "second") for background in ("cursor", "highlight")],
    # The matches of a search, and the current one.
    ("foreground", "match"),
    ("background", "mark"),
    # Textual's own names: hovered links, input lines, their choices, selected text.
    ("text-muted", "panel"),
    ("foreground", "block-cursor-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
]
"""Text and its background, as names of theme variables."""


def get_variables(theme: Theme) -> dict[str, str]:
    """Return the variables of the style sheet, as `App.get_css_variables` does."""
    return derive_variables(theme.to_color_system().generate() | theme.variables)


@pytest.mark.parametrize("theme", COLOUR_THEMES, ids=lambda theme: theme.name)
def test_every_pair_in_use_is_readable(theme: Theme) -> None:
    colours = get_variables(theme)
    found = {pair: contrast_ratio(*(Color.parse(colours[name]) for name in pair)) for pair in TEXT_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < MIN_CONTRAST} == {}


@pytest.mark.parametrize("theme", COLOUR_THEMES, ids=lambda theme: theme.name)
def test_cursor_and_matches_stand_out(theme: Theme) -> None:
    page, cursor, match = (Color.parse(get_variables(theme)[name]) for name in ("background", "cursor", "match"))
    assert min(contrast_ratio(cursor, page), contrast_ratio(match, page)) >= 1.1


@pytest.mark.parametrize("theme", [INK, PAPER], ids=lambda theme: theme.name)
@pytest.mark.parametrize("surroundings", ["background", "panel"])  # of panes, results and works; of dialogs
def test_the_cursor_row_is_plain_to_see(theme: Theme, surroundings: str) -> None:
    colours = get_variables(theme)
    assert contrast_ratio(Color.parse(colours["cursor"]), Color.parse(colours[surroundings])) >= 1.5
    assert colours["block-cursor-background"] == colours["cursor"]


@pytest.mark.parametrize("theme", COLOUR_THEMES, ids=lambda theme: theme.name)
def test_every_theme_keeps_its_text_and_background(theme: Theme) -> None:
    own, drawn = theme.to_color_system().generate(), get_variables(theme)
    assert (drawn["foreground"], drawn["background"]) == (own["foreground"], own["background"])


@pytest.mark.parametrize("theme", ANSI_THEMES, ids=lambda theme: theme.name)
def test_ansi_themes_show_meaning_without_colours(theme: Theme) -> None:
    drawn = get_variables(theme)
    assert [drawn[name] for name in ("muted", "cursor", "match")] == [
        "ansi_default dim",
        "ansi_default reverse",
        "ansi_default reverse",
    ]
    assert drawn["highlight"] != drawn["match"]


def test_the_terminal_theme_has_no_hex_colours() -> None:
    assert [name for name, value in get_variables(TERMINAL).items() if "#" in value] == []


def test_a_readable_colour_is_unchanged() -> None:
    page = Color.parse("#15161a")
    assert make_readable(Color.parse("#e3a857"), [page]) == Color.parse("#e3a857")
    assert contrast_ratio(make_readable(Color.parse("#402010"), [page]), page) >= MIN_CONTRAST


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000", "#fff", 21), ("#777", "#fff", 4.48), ("#abc", "#abc", 1)])
def test_contrast_follows_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(Color.parse(one), Color.parse(other)) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(
    ("theme", "system", "expected"),
    [
        (INK, "standard", True),
        (PAPER, "standard", False),
        (PAPER, "windows", False),
        (PAPER, "256", True),
        (PAPER, "truecolor", True),
        (PAPER, None, True),
        (TERMINAL, "standard", True),
        (BUILTIN_THEMES["nord"], "standard", False),
    ],
)
def test_themes_are_checked_against_the_number_of_colours(theme: Any, system: str | None, expected: bool) -> None:
    assert is_distinguishable(theme, system) is expected


async def test_sixteen_colours_replace_paper_by_the_terminal_theme(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.app.color_system = "standard"
        themes = []
        for _ in range(3):
            await reader.press("T")
            themes.append((reader.app.theme, library.state.load_value("theme")))
        assert themes == [("terminal", "paper"), ("ink", "ink"), ("terminal", "paper")]
        assert reader.notices == ["16 colours aren't enough for paper; using the terminal's own"]


async def test_no_color_uses_the_terminals_default_colours(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.app.theme = "terminal"
        await reader.pilot.pause()
        parts = [part for strip in reader.app.screen._compositor.render_strips() for part in strip]
        colours = {colour for part in parts if part.style for colour in (part.style.color, part.style.bgcolor)}
        assert {colour.name for colour in colours if colour} == {"default"}


@pytest.mark.parametrize("keys", [("h",), ("l",), ("F", "r"), ("?",), ("ctrl+o",)])
async def test_each_list_draws_its_cursor_row(library: Library, keys: tuple[str, ...]) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        cursor = Color.parse(reader.app.theme_variables["cursor"]).rgb

        def has_cursor_row() -> bool:
            parts = (part for strip in reader.app.screen._compositor.render_strips() for part in strip)
            return any(part.style and part.style.bgcolor and part.style.bgcolor.triplet == cursor for part in parts)

        assert not has_cursor_row()
        await reader.type(*keys)
        await reader.wait_until(has_cursor_row)
