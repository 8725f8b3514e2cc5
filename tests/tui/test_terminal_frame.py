"""The terminal shows what the screen is, whatever was on it before, and gets only what differs."""

from __future__ import annotations

import random
import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

import pyte
import pytest
from pyte import graphics
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from importai_tui.tui.terminal_frame import TerminalFrame

CUTS = (0, 17, 18, 52, 60)
"""The columns where the panes of the test start, and their end."""
WIDTH, HEIGHT = CUTS[-1], 12
SURE = ("water", "counts", "rivers", "  ", " ", "…", "a – b", "“so”", "│", "é", "жук", "→", "100 €")
AGREED = ("日本", "水", "e\u0301", "o\u0308u", "、")
"""Texts that are not sure, but have the same width for pyte and Rich."""
DISPUTED = ("👩\u200d👩\u200d👧", "❤\ufe0f", "soft\u00adly", "🇨🇭", "👍🏽", "a\u200bb")
"""Texts that are wider or narrower for pyte."""
COLOURS = (None, "default", "red", "bright_blue", "color(130)", "#102030", "#ffeedd")
LOOKS = ("bold", "dim", "italic", "underline", "reverse", "strike")

Screen = list[list[Strip]]
"""For each row its pieces, one for each pane."""


class Cell(NamedTuple):
    """The visible content of a cell: its text, colours and attributes."""

    text: str
    colours: tuple[str, str]
    looks: tuple[bool, ...]


@pytest.fixture(autouse=True)
def dim_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pyte, which ignores dim, show it as blinking."""
    monkeypatch.setitem(graphics.TEXT, 2, "+blink")


class FrameTest:
    """A terminal, and the frame that knows it."""

    def __init__(
        self, system: ColorSystem = ColorSystem.TRUECOLOR, *, seed: int = 0, extra: tuple[str, ...] = ()
    ) -> None:
        self.random = random.Random(seed)
        self.system = system
        self.words = (*SURE, *extra)
        self.terminal = pyte.Screen(WIDTH, HEIGHT)
        self.frame = TerminalFrame()
        self.screen: Screen = [[self.make_piece(end - start) for start, end in panes()] for _ in range(HEIGHT)]

    def make_piece(self, width: int) -> Strip:
        """Return a piece of a line, of few kinds, so that some cells stay the same."""
        style, more = self.make_style(), self.make_style()
        words = self.random.choices(self.words, k=width // 6)
        text = [
            Segment(" ".join(words[:2]), style),
            Segment(" ", self.random.choice([None, style])),
            *map(Segment, words[2:]),
        ]
        # The last cells are blank, as beside all our texts.
        blank = Segment(" " * 6, more)
        return Strip(text).adjust_cell_length(max(0, width - 6), more).adjust_cell_length(width, blank.style)

    def make_style(self) -> Style:
        """Return one of many styles."""
        choose = self.random.choice
        if self.random.random() < 0.3:
            return Style(color=Color.parse("red"), underline=True)
        looks = {look: True for look in LOOKS if self.random.random() < 0.15}
        return Style(color=choose(COLOURS), bgcolor=choose(COLOURS), **looks)  # type: ignore[arg-type]

    def change(self) -> LayoutUpdate | ChopsUpdate:
        """Change some pieces, and return an update that shows at least these, as the compositor makes them."""
        changed: set[tuple[int, int]] = set()
        top, pane = self.random.randrange(HEIGHT), self.random.randrange(len(CUTS) - 1)
        for y in range(top, min(HEIGHT, top + self.random.randint(1, 4))):
            changed.add((y, pane))
            if self.random.random() < 0.8:
                self.screen[y][pane] = self.make_piece(CUTS[pane + 1] - CUTS[pane])
        if self.random.random() < 0.2:
            return self.make_full_update()
        return self.make_update(changed)

    def make_full_update(self) -> LayoutUpdate:
        """Return an update that shows the whole screen."""
        return LayoutUpdate([list(row) for row in self.screen], Region(0, 0, WIDTH, HEIGHT))

    def make_update(self, changed: set[tuple[int, int]]) -> ChopsUpdate:
        """Return an update that shows some pieces."""
        chops = [dict(zip(CUTS, row, strict=False)) for row in self.screen]
        spans = [(y, CUTS[pane], CUTS[pane + 1]) for y, pane in sorted(changed)]
        return ChopsUpdate(chops, spans, [list(CUTS[1:]) for _ in range(HEIGHT)])

    def write(self, update: LayoutUpdate | ChopsUpdate) -> str:
        """Write an update to the terminal, and return what was written."""
        written = self.frame.format_changes(update, WIDTH, HEIGHT, self.system)
        pyte.Stream(self.terminal).feed(written)
        return written

    def repaint(self) -> list[list[Cell]]:
        """Return what another terminal shows that gets the whole screen from Textual."""
        console = Console(force_terminal=True, legacy_windows=False, _environ={})
        console._color_system = self.system
        terminal = pyte.Screen(WIDTH, HEIGHT)
        terminal.set_mode(pyte.modes.LNM)
        pyte.Stream(terminal).feed(self.make_full_update().render_segments(console))
        return read_cells(terminal)

    def repaint_as_frame(self) -> list[list[Cell]]:
        """Return what another terminal shows that gets the whole screen from a new frame."""
        terminal = pyte.Screen(WIDTH, HEIGHT)
        pyte.Stream(terminal).feed(TerminalFrame().format_changes(self.make_full_update(), WIDTH, HEIGHT, self.system))
        return read_cells(terminal)


def panes() -> list[tuple[int, int]]:
    """Return the first column and the end of each pane."""
    return list(pairwise(CUTS))


def read_cells(terminal: pyte.Screen) -> list[list[Cell]]:
    """Return the visible content of all cells. The colour of a blank counts only if it is reversed or has a line."""
    return [[_see(terminal.buffer[y][x]) for x in range(terminal.columns)] for y in range(terminal.lines)]


def _see(char: pyte.screens.Char) -> Cell:
    text, foreground, background, *looks = char
    if text.strip() or char.italics or char.reverse or char.underscore or char.strikethrough:
        return Cell(text, (foreground, background), tuple(looks))
    return Cell(" ", ("", background), ())


SYSTEMS = [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT, ColorSystem.TRUECOLOR]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("extra", [(), AGREED], ids=["sure", "unsure"])
def test_updates_show_what_a_full_repaint_shows(system: ColorSystem, extra: tuple[str, ...]) -> None:
    for seed in range(6):
        test = FrameTest(system, seed=seed, extra=extra)
        test.write(test.make_full_update())
        for _ in range(15):
            test.write(test.change())
            assert read_cells(test.terminal) == test.repaint(), seed


def test_disputed_widths_leave_no_old_cells() -> None:
    for seed in range(12):
        test = FrameTest(seed=seed, extra=DISPUTED * 2)
        test.write(test.make_full_update())
        for _ in range(15):
            test.write(test.change())
            assert read_cells(test.terminal) == test.repaint_as_frame(), seed


def test_links_are_hyperlinks_that_end_with_the_update() -> None:
    frame = TerminalFrame()
    frame.has_hyperlinks = True
    safe, unsafe = "https://example.org/水", "https://example.org/\x1b"

    def write(*segments: Segment) -> str:
        strip = Strip(segments).adjust_cell_length(10)
        return frame.format_changes(LayoutUpdate([[strip]], Region(0, 0, 10, 1)), 10, 1, ColorSystem.STANDARD)

    first = write(Segment("a "), Segment("link", Style(link=safe)), Segment(" b", Style(link=unsafe)))
    assert re.findall(r"\x1b\]8;(?:id=[0-9a-f]+)?;([^\x1b]*)\x1b.([^\x1b]*)", first) == [
        ("https://example.org/%E6%B0%B4", "link"),
        ("", " b"),
        ("", ""),
    ]
    assert "\x1b]8" not in write(Segment("a "), Segment("link", Style(link=safe)), Segment(" c"))
    frame.has_hyperlinks = False
    assert "link" in write(Segment("a "), Segment("link", Style(link=safe)), Segment(" c"))


def test_nothing_is_written_when_nothing_differs() -> None:
    test = FrameTest()
    test.write(test.make_full_update())
    assert not test.write(test.make_full_update())


@pytest.mark.parametrize("extra", [(), AGREED], ids=["sure", "unsure"])
def test_forgotten_cells_are_all_written(extra: tuple[str, ...]) -> None:
    test = FrameTest(extra=extra)
    test.write(test.make_full_update())
    test.terminal.reset()
    test.frame.forget()
    test.write(test.make_full_update())
    assert read_cells(test.terminal) == test.repaint()


@pytest.mark.parametrize("size", [(WIDTH + 1, HEIGHT), (WIDTH, HEIGHT + 1)], ids=["wider", "higher"])
def test_another_size_writes_all(size: tuple[int, int]) -> None:
    test = FrameTest()
    first = test.write(test.make_full_update())
    assert test.frame.format_changes(test.make_full_update(), *size, test.system) == first


@pytest.mark.parametrize("size", [(WIDTH - 3, HEIGHT), (WIDTH, HEIGHT - 3)], ids=["narrower", "lower"])
@pytest.mark.parametrize("extra", [(), AGREED], ids=["sure", "unsure"])
def test_nothing_is_written_outside_the_terminal(size: tuple[int, int], extra: tuple[str, ...]) -> None:
    test = FrameTest(extra=extra)
    width, height = size
    terminal = pyte.Screen(*size)
    pyte.Stream(terminal).feed(TerminalFrame().format_changes(test.make_full_update(), *size, test.system))
    expected = [row[: width - 1] for row in test.repaint()[:height]]
    assert [row[: width - 1] for row in read_cells(terminal)] == expected


def test_a_line_of_unsure_characters_is_rewritten() -> None:
    test = FrameTest()
    test.screen[3][2] = Strip([Segment("水 rivers")]).adjust_cell_length(34)
    test.write(test.make_full_update())
    written = test.write(test.make_full_update())
    assert "水" in written
    assert "rivers" in written


def test_one_changed_letter_is_written_alone() -> None:
    test = FrameTest()
    test.screen[3][2] = Strip([Segment("rivers")]).adjust_cell_length(34)
    test.write(test.make_full_update())
    test.screen[3][2] = Strip([Segment("ridges")]).adjust_cell_length(34)
    assert test.write(test.make_update({(3, 2)})) == "\x1b[4;21Hdge"


@pytest.mark.parametrize("looks", ["italic", "reverse", "underline", "strike"])
def test_a_blank_with_a_visible_look_keeps_its_colour(looks: str) -> None:
    test = FrameTest()
    for colour in ("red", "green"):
        style = Style.parse(f"{looks} {colour}")
        test.screen[0][0] = Strip([Segment(" " * 17, style)])
        test.write(test.make_full_update())
        assert test.terminal.buffer[0][3].fg == colour


def test_colours_of_plain_blanks_are_not_written() -> None:
    test = FrameTest()
    test.screen[0][0] = Strip([Segment(" " * 17, Style.parse("red"))])
    test.write(test.make_full_update())
    test.screen[0][0] = Strip([Segment(" " * 17, Style.parse("bold green"))])
    assert not test.write(test.make_full_update())


def test_characters_that_are_sure_are_narrow() -> None:
    sure = [
        character for character in map(chr, range(0x3000)) if unicodedata.name(character, "") and is_sure(character)
    ]
    assert len(sure) > 1000
    assert {cell_len(character) for character in sure} == {1}
    assert {unicodedata.east_asian_width(character) for character in sure}.isdisjoint("WF")
    assert {unicodedata.category(character) for character in sure}.isdisjoint({"Mn", "Me", "Cf", "Cc"})
    assert {unicodedata.bidirectional(character) for character in sure}.isdisjoint({"R", "AL"})


@pytest.mark.parametrize("text", ["水", "e\u0301", "❤\ufe0f", "so\u00adft", "مياه", "👍", "\u202e"])
def test_all_other_characters_are_unsure(text: str) -> None:
    assert not all(map(is_sure, text))


def is_sure(character: str) -> bool:
    """Return True if a line of this character is not written a second time."""
    frame = TerminalFrame()
    update = LayoutUpdate([[Strip([Segment(character)])]], Region(0, 0, 1, 1))
    frame.format_changes(update, 2, 1, ColorSystem.TRUECOLOR)
    return not frame.format_changes(update, 2, 1, ColorSystem.TRUECOLOR)
