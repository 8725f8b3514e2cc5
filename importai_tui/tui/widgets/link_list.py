"""The right pane: a story's links with the numbers that they have in the text; then references and related stories.

Titles take two lines where the pane is high enough, so rows have different heights. The `draw_…` functions are pure and
return a Content; widths are in terminal cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.style import Style

from importai_tui.library.rows import matches_filter
from importai_tui.links.urls import browser_host, browser_url
from importai_tui.model import Link
from importai_tui.tui.text import ContentBuilder, to_content, truncate, wrap_title
from importai_tui.tui.widgets.issue_list import format_issue
from importai_tui.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from importai_tui.threads.related import RelatedStory
    from importai_tui.threads.threads import StoryReferences
    from importai_tui.tui.widgets.reference_rows import ReferenceRow, RelationRow
    from importai_tui.works.card import CardSummary
    from importai_tui.works.work import Work

_GAP = "  "
_OPENED = "opened"
_MAX_NAMED_ISSUES = 3
"""Other issues that are named; of more issues, only the number is shown."""
_MAX_RELATED = 5
"""Related stories beneath the links; the thread view has more of them."""
_HEADING = to_content(" Links", "$muted")
_HEADING_LINES = 2
"""Lines of the heading above the links, with a blank line."""
_MIN_HEIGHT_FOR_LONG_TITLES = 18
"""Lines of the pane from which titles take two lines."""


class LinkRow(NamedTuple):
    """A link with the title of what it cites; `other_issues` cite the same work, oldest first.

    `cited_as` has the words of the story if the title is that of the card and differs: "cited as “about 6%”".
    """

    link: Link
    title: str
    is_opened: bool = False
    other_issues: Sequence[str] = ()
    cited_as: str = ""

    @property
    def filter_texts(self) -> tuple[str, ...]:
        """The texts that a filter searches."""
        link = self.link
        return (
            self.title,
            self.cited_as,
            link.text,
            link.kind.value,
            link.host or "",
            browser_host(link.url) or "",
            link.work or "",
        )


class LinkList(RowList):
    """Links: number and title; kind, host and work id beneath. References and related stories follow."""

    LINES_PER_ROW = 3

    class LinkChosen(Message):
        """The user pressed Enter on a link, or clicked it."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class StoryChosen(Message):
        """The user pressed Enter on a reference or related story, or clicked it."""

        def __init__(self, row: ReferenceRow | RelatedStory) -> None:
            super().__init__()
            self.row = row

    class LinkSelected(Message):
        """Another link is under the cursor; number 0 if none is, or if the list has lost the focus."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Shown(Message):
        """The list was hidden, and can be seen now."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._reported_link = 0
        self._emphasised_link = 0
        self._all_links: tuple[Link, ...] = ()
        self._links: tuple[Link, ...] = ()
        self._reference_rows: tuple[RelationRow, ...] = ()
        self._related_rows: tuple[RelationRow, ...] = ()
        self._story_rows: tuple[RelationRow, ...] = ()
        self._read_keys: Set[str] = frozenset()
        self._titles: Mapping[int, str] = {}
        self._row_tops: list[int] = [0]
        """The line that each row begins on, and the number of all lines."""
        self._row_width = 0
        """The width for which `_row_tops` were computed; rows are not drawn wider."""
        self.works: Mapping[int, Work] = {}
        """The works that the story cites, by link number, with all that cites them; empty until they are known."""
        self.issue_ref = ""
        """The ref of the issue of the links."""
        self.is_opened: Callable[[str], bool] = lambda _: False
        """Returns True if a work was opened before."""
        self.get_cards: Callable[[Collection[str]], Mapping[str, CardSummary]] = lambda _: {}
        """Returns the summaries of the stored cards of works."""
        self._card_works: dict[int, Work] = {}
        """The works whose cards are stored, with the titles of their cards, by link number."""
        self.filter_words = ""
        """The words of the filter; an empty string if there is none."""

    @property
    def row_count(self) -> int:
        """The number of links, and of references and related stories with their headings."""
        return len(self._links) + len(self._story_rows)

    @property
    def shown_links(self) -> tuple[Link, ...]:
        """The links that match the filter."""
        return self._links

    def row_top(self, row: int) -> int:
        """Return the line that a row begins on; of the number of rows, the number of all lines."""
        return self._row_tops[min(row, len(self._row_tops) - 1)]

    def row_at(self, line: int) -> int:
        """Return the row that has this line."""
        return bisect_right(self._row_tops, line) - 1

    def is_selectable(self, row: int) -> bool:
        """Return True for every row but headings."""
        return super().is_selectable(row) and not isinstance(self._story_row(row), str)

    @property
    def selected_link(self) -> Link | None:
        """The link under the cursor; None if the cursor is on a story beneath, or the list is empty."""
        return self._links[self.cursor] if self.cursor < len(self._links) else None

    def get_title(self, link: Link) -> str:
        """Return the title of what a link cites: that of its card, else the one in the story."""
        work = self._card_works.get(link.n)
        return work.title if work else self._titles.get(link.n) or link.text

    def show_links(self, links: tuple[Link, ...], titles: Mapping[int, str], issue_ref: str) -> None:
        """Fill the list and move the cursor to the first link."""
        self.filter_words = ""
        self._reported_link = self._emphasised_link = 0
        self._titles, self.works, self.issue_ref = titles, {}, issue_ref
        self._all_links = self._links = links
        self._load_cards()
        self._reference_rows = self._related_rows = self._story_rows = ()
        self.cursor = 0
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def replace_links(self, links: tuple[Link, ...], titles: Mapping[int, str]) -> None:
        """Show another version of the same story's links; the cursor stays on its link."""
        link_before = self._links[self.cursor] if self.cursor < len(self._links) else None
        self._all_links, self._titles = links, titles
        self._load_cards()
        self._reference_rows = self._related_rows = ()
        self._update_rows()
        same_rows = (
            row
            for row, link in enumerate(self._links)
            if link_before and (link.url, link.text) == (link_before.url, link_before.text)
        )
        self.cursor = next(same_rows, max(0, min(self.cursor, len(self._links) - 1)))

    def refresh_cards(self) -> None:
        """Show the titles of the cards that are stored now."""
        self._load_cards()
        self._update_rows()

    def _load_cards(self) -> None:
        self._card_works = {}
        if cards := self.get_cards({link.work for link in self._all_links if link.work}):
            from importai_tui.works.card_facts import add_card

            for link in self._all_links:
                if link.work and (card := cards.get(link.work)):
                    work = make_work_of_link(link, self._titles.get(link.n) or link.text)
                    self._card_works[link.n] = add_card(work, card)

    def show_references(self, ties: StoryReferences, works: Mapping[int, Work]) -> None:
        """Show the story's references and later mentions beneath its links, and which other issues cite its works."""
        from importai_tui.tui.widgets.reference_rows import ReferenceRow, format_counted_heading

        rows: list[RelationRow] = []
        for heading, references in (("Refers to", ties.refers_to), ("Mentioned later in", ties.mentioned_in)):
            if references:
                rows.append(format_counted_heading(heading, len(references)))
                rows.extend(ReferenceRow(reference, later=references is ties.mentioned_in) for reference in references)
        self._reference_rows = tuple(rows)
        self.works = works
        self._update_rows()

    def show_related(self, related: Sequence[RelatedStory], read: Set[str]) -> None:
        """Show related stories at the end; `read` has the keys of the stories that are read."""
        self._read_keys = read
        self._related_rows = ("Related", *related[:_MAX_RELATED]) if related else ()
        self._update_rows()

    def set_filter(self, words: str) -> None:
        """Show the links that match all words; without words, show everything."""
        if words == self.filter_words:
            return
        self.filter_words = words
        self._update_rows()
        self.go_to_end(last=False)

    def emphasise_link(self, number: int) -> None:
        """Emphasise the row of the link that the mouse is over in the story; 0 for none. Nothing scrolls."""
        self._emphasised_link = number
        self.refresh()

    def refresh_rows(self) -> None:
        """Redraw the list, and post the link that is under the cursor now."""
        self._measure_rows()
        super().refresh_rows()
        self._post_selection()

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the cursor, and post the link under it."""
        super().watch_cursor(old, new)
        self._post_selection()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Draw the cursor; a list without focus has no selected link."""
        super().watch_has_focus(has_focus)
        self._post_selection()

    def row_style(self, row: int) -> str:
        """Return the cursor's background, also for the emphasised link."""
        return "on $cursor" if self._is_emphasised(row) else super().row_style(row)

    def on_show(self) -> None:
        """Post that the list can be seen."""
        self.post_message(self.Shown())

    def on_resize(self) -> None:
        """Wrap the titles again."""
        self.refresh_rows()

    def _measure_rows(self) -> None:
        self._row_width = max(1, self.scrollable_content_region.width)
        heights = [self._measure_row(row) + 1 for row in range(self.row_count)]
        self._row_tops = list(accumulate(heights, initial=_HEADING_LINES if self._all_links else 0))

    def _measure_row(self, row: int) -> int:
        if row < len(self._links):
            # Without drawing it, because each opened story measures all rows.
            title = self.get_title(self._links[row])
            lines = len(_wrap_link_title(title, self._row_width, self._digits, self._title_lines))
            has_other_words = self._title_lines > 1 and self._get_cited_as(self._links[row])
            return lines + (2 if has_other_words else 1)
        return len(self.draw_row(row, self._row_width))

    @property
    def _digits(self) -> int:
        return len(str(len(self._all_links)))

    @property
    def _title_lines(self) -> int:
        return 2 if self.size.height >= _MIN_HEIGHT_FOR_LONG_TITLES else 1

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw the title on one line or two, and the facts; a blank line follows."""
        width = min(width, self._row_width)
        strong = self._is_emphasised(row) or (row == self.cursor and self.has_focus)
        if (story_row := self._story_row(row)) is None:
            link = self._make_row(self._links[row])
            return draw_link(link, width, digits=self._digits, strong=strong, title_lines=self._title_lines)
        from importai_tui.tui.widgets.reference_rows import draw_relation

        return draw_relation(story_row, width, self._read_keys, strong=strong, title_lines=self._title_lines)

    def draw_outside(self, line: int) -> Content:
        """Draw the heading above the links."""
        return _HEADING if line == 0 and self._all_links else super().draw_outside(line)

    def handle_choice(self) -> None:
        """Post the link or story under the cursor."""
        if not self.is_selectable(self.cursor):
            return
        match self._story_row(self.cursor):
            case None:
                self.post_message(self.LinkChosen(self._links[self.cursor].n))
            case str():
                pass
            case row:
                self.post_message(self.StoryChosen(row))

    def _is_emphasised(self, row: int) -> bool:
        return bool(self._emphasised_link) and row < len(self._links) and self._links[row].n == self._emphasised_link

    def _post_selection(self) -> None:
        link = self.selected_link if self.has_focus else None
        number = link.n if link else 0
        if number != self._reported_link:
            self._reported_link = number
            self.post_message(self.LinkSelected(number))

    def _make_row(self, link: Link) -> LinkRow:
        work = self.works.get(link.n)
        other_issues = [issue for issue in work.issues if issue != self.issue_ref] if work else []
        is_opened = link.work is not None and self.is_opened(link.work)
        return LinkRow(link, self.get_title(link), is_opened, other_issues, self._get_cited_as(link))

    def _get_cited_as(self, link: Link) -> str:
        """Return the words of the story for a link with the title of its card, if they differ; else an empty string."""
        from importai_tui.works.work import format_cited_as

        work = self._card_works.get(link.n)
        return format_cited_as(work) if work else ""

    def _story_row(self, row: int) -> RelationRow | None:
        return self._story_rows[row - len(self._links)] if row >= len(self._links) else None

    def _update_rows(self) -> None:
        self._links = tuple(
            link for link in self._all_links if matches_filter(self._make_row(link).filter_texts, self.filter_words)
        )
        self._story_rows = () if self.filter_words else self._reference_rows + self._related_rows
        if not self.is_selectable(self.cursor):
            self.cursor = next((row for row in range(self.row_count) if self.is_selectable(row)), 0)
        self.refresh_rows()


def make_work_of_link(link: Link, title: str) -> Work:
    """Return the work of a link that has one, with nothing of the stories that cite it."""
    from importai_tui.works.work import Work

    assert link.work
    return Work(link.work, link.kind, " ".join(title.split()), link.url, link.host, (), (), None, None)


def draw_link(row: LinkRow, width: int, *, digits: int, strong: bool = False, title_lines: int = 1) -> list[Content]:
    """Draw the lines of a link, each at most `width` cells: its title, and its facts on the last line.

    `strong` text is never muted.
    """
    link, muted = row.link, "" if strong else "$muted"
    margin = digits + 2
    title, style = _wrap_link_title(row.title, width, digits, title_lines), muted if row.is_opened else ""
    first = ContentBuilder().write(f" {link.n:>{digits}} ", muted if row.is_opened else "bold $mark")
    address = Style(link=link.url)
    first.write(title[0], style, address)
    others = [ContentBuilder().write(" " * margin).write(line, style, address).build() for line in title[1:]]
    if row.cited_as and title_lines > 1:
        words = truncate(row.cited_as, width - margin - 1)
        others.append(ContentBuilder().write(" " * margin).write(words, "$muted").build())
    second = ContentBuilder().write(" " * margin).write(link.kind.value, "$second").write(_GAP)
    facts_width = width - margin - len(link.kind.value) - 3
    return [
        first.build(),
        *others,
        second.write(_join_facts(_list_facts(row, facts_width), facts_width), muted).build(),
    ]


def _wrap_link_title(title: str, width: int, digits: int, max_lines: int) -> list[str]:
    return wrap_title(title, width - digits - 3, max_lines)


def _list_facts(row: LinkRow, width: int) -> list[str]:
    """Return the facts about a link, most important first; the words fit `width` cells if they can."""
    link = row.link
    if link.url is None:
        return ["no URL"]
    host = browser_host(link.url) or ""
    if browser_url(link.url) is None:
        return ["unsafe", host] if host else ["unsafe URL"]
    facts = [_OPENED] if row.is_opened else []
    if row.other_issues:
        names = (
            ", ".join(map(format_issue, row.other_issues))
            if len(row.other_issues) <= _MAX_NAMED_ISSUES
            else f"{len(row.other_issues)} others"
        )
        facts.append(f"also cited in {names}" if len(names) + 14 <= width else f"also in {names}")
    facts.append(host)
    if link.work and link.work.startswith(("arxiv:", "doi:")):
        facts.append(link.work.partition(":")[2])
    return [fact for fact in facts if fact]


def _join_facts(facts: list[str], width: int) -> str:
    """Return as many facts as fit; the first one is cut if needed."""
    line = truncate(facts[0], width) if facts else ""
    for fact in facts[1:]:
        if cell_len(line) + len(_GAP) + cell_len(fact) > width:
            break
        line += _GAP + fact
    return line
