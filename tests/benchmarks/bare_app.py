"""A bare Textual app with three panes, to compare the reader with: `python -m tests.benchmarks.bare_app`.

It has as many rows as the first screen of the reader and a story of median length. Its keys redraw as much as the
reader's keys do, but it reads no file and stores nothing.
"""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Header, Input, OptionList, Static

ISSUES, LINKS, PARAGRAPHS, HITS = 60, 8, 6, 50
_WORDS = "Made-up words about models and data, as long as a line of a newsletter is, and then a little more. " * 4


class BareApp(App[None]):
    """App with three panes: a list, a text and a list."""

    CSS = """
    #issues { width: 34; }
    #links { width: 30; }
    """
    BINDINGS = [
        ("j", "next", "Next"),
        ("J", "next_far", "Next issue"),
        ("space", "scroll", "Scroll"),
        ("m", "mark", "Mark"),
        ("f", "search", "Search"),
        ("c", "card", "Card"),
        ("q", "quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """Yield header, panes and footer."""
        yield Header()
        with Horizontal():
            yield OptionList(*(f"{n}  Import AI {n}: made-up title" for n in range(ISSUES, 0, -1)), id="issues")
            with VerticalScroll(id="story"):
                yield Static(_text(0), id="text")
            yield OptionList(*_links(0), id="links")
        yield Footer()

    def on_mount(self) -> None:
        """Focus the list; the first story is already shown."""
        self.at = 0
        self.marked = False
        self.query_one("#issues").focus()

    def _show(self, index: int) -> None:
        self.at = index
        self.sub_title = f"Story {index}"
        self.query_one("#text", Static).update(_text(index))
        self.query_one("#story").scroll_home(animate=False)
        self.query_one("#issues", OptionList).highlighted = index % ISSUES
        links = self.query_one("#links", OptionList)
        links.clear_options()
        links.add_options(_links(index))

    def action_next(self) -> None:
        """Show the next text and move the cursor."""
        self._show(self.at + 1)

    def action_next_far(self) -> None:
        """Show a later text and move the cursor."""
        self._show(self.at + 7)

    def action_scroll(self) -> None:
        """Scroll a page; at the end show the next text."""
        story = self.query_one("#story")
        if story.scroll_offset.y >= story.max_scroll_y:
            self._show(self.at + 1)
        else:
            story.scroll_page_down(animate=False)

    def action_mark(self) -> None:
        """Redraw one row of the list."""
        self.marked = not self.marked
        row = f"{'●' if self.marked else ' '} Import AI {self.at}: made-up title"
        self.query_one("#issues", OptionList).replace_option_prompt_at_index(self.at % ISSUES, row)

    def action_search(self) -> None:
        """Open the search screen."""
        self.push_screen(BareSearch())

    def action_card(self) -> None:
        """Open the card screen."""
        self.push_screen(BareCard())


class BareCard(Screen[None]):
    """Screen with a text, as long as a card."""

    BINDINGS = [("escape", "app.pop_screen", "Back")]

    def compose(self) -> ComposeResult:
        """Yield a heading and the text."""
        yield Static("Card")
        with VerticalScroll():
            yield Static(_text(0))
        yield Footer()


class BareSearch(Screen[None]):
    """Screen with an input and a list; every letter replaces all rows of the list."""

    BINDINGS = [("escape", "app.pop_screen", "Back")]

    def compose(self) -> ComposeResult:
        """Yield the input, the count and the list."""
        yield Input()
        yield Static("Type something.", id="count")
        yield OptionList()
        yield Footer()

    def on_input_changed(self, change: Input.Changed) -> None:
        """Replace the rows; there are as many as a search shows at first."""
        hits = self.query_one(OptionList)
        hits.clear_options()
        if change.value:
            hits.add_options(f"{n}  A story about {change.value}\n{_WORDS[:180]}" for n in range(HITS))
        self.query_one("#count", Static).update(f"{HITS} stories for {change.value}")


def _text(index: int) -> str:
    return "\n\n".join(f"Story {index}, {n}. {_WORDS}" for n in range(PARAGRAPHS))


def _links(index: int) -> list[str]:
    return [f"{n}  example.org/{index}/{n}" for n in range(1, LINKS + 1)]


if __name__ == "__main__":
    BareApp().run()
