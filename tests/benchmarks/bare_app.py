"""A bare Textual app of three panes, the measure of what our own costs: `python -m tests.benchmarks.bare_app`.

It holds as many rows as the reader's first screen shows, and one made-up story; its keys do the same kind of redraw.
"""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Header, OptionList, Static

ISSUES, LINKS, PARAGRAPHS = 60, 8, 40
_WORDS = "Made-up words about models and data, as long as a line of a newsletter is, and then a little more. " * 4


class BareApp(App[None]):
    """Three panes side by side: a list, a text and a list."""

    CSS = """
    #issues { width: 34; }
    #links { width: 30; }
    """
    BINDINGS = [
        ("j", "next", "Next"),
        ("J", "next_far", "Next issue"),
        ("space", "scroll", "Scroll"),
        ("m", "mark", "Mark"),
        ("q", "quit", "Quit"),
    ]

    def compose(self) -> ComposeResult:
        """Header, panes, footer."""
        yield Header()
        with Horizontal():
            yield OptionList(*(f"{n}  Import AI {n}: made-up title" for n in range(ISSUES, 0, -1)), id="issues")
            with VerticalScroll(id="story"):
                yield Static(self._text(0), id="text")
            yield OptionList(*(f"{n}  example.org/{n}" for n in range(1, LINKS + 1)), id="links")
        yield Footer()

    def on_mount(self) -> None:
        """The first story."""
        self.at = 0
        self.query_one("#issues").focus()

    def _text(self, at: int) -> str:
        return "\n\n".join(f"Story {at}, {n}. {_WORDS}" for n in range(PARAGRAPHS))

    def _show(self, at: int) -> None:
        self.at = at
        self.query_one("#text", Static).update(self._text(at))
        issues = self.query_one("#issues", OptionList)
        issues.highlighted = at % ISSUES

    def action_next(self) -> None:
        """Another text, and the cursor moves."""
        self._show(self.at + 1)

    def action_next_far(self) -> None:
        """The same, further."""
        self._show(self.at + 7)

    def action_scroll(self) -> None:
        """A page of the text."""
        self.query_one("#story").scroll_page_down(animate=False)

    def action_mark(self) -> None:
        """One row of the list is drawn anew."""
        issues = self.query_one("#issues", OptionList)
        issues.replace_option_prompt_at_index(self.at % ISSUES, f"● Import AI {self.at}: marked")


if __name__ == "__main__":
    BareApp().run()
