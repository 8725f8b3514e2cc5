"""The command `read`: prints a story or an issue through the pager, or reads story by story with `--plain`.

`--plain` is for screen readers and for terminals that can only print. It writes only text and line ends, and reads
commands of one letter from standard input.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from importai_tui.cli.completion import complete_ref
from importai_tui.cli.constants import EXIT_INTERRUPTED, NO_ISSUES_YET
from importai_tui.cli.context import CliContext, resolve_ref, upgrade_archive
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.position import ScrollPosition, load_last_position, load_scroll_position, save_last_position
from importai_tui.model import Block, ListBlock, Paragraph, Story, is_below_body, shorten_title, spans_to_text
from importai_tui.output.console import get_columns, print_data, print_paged, print_status, prompt
from importai_tui.output.layout import PagedText, ScreenSize, wrap
from importai_tui.output.lines import to_texts
from importai_tui.output.text import (
    MAX_LINE_WIDTH,
    format_address,
    format_issue_lines,
    format_link_lines,
    format_story_lines,
)
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.wording import format_date, plural
from importai_tui.works.titles import get_link_titles

if TYPE_CHECKING:
    from importai_tui.browser import Opener
    from importai_tui.library.library import Library
    from importai_tui.model import Link
    from importai_tui.state.store import ChangeResult

_DEFAULT_ROWS = 24
"""Rows of a terminal of unknown height, as VT100 terminals had."""
_MAX_HITS = 20
"""Stories of one search: a few screens."""
PLAIN_COMMANDS_HELP = """\
Type a command, then press enter.
enter   continue; at the end of a story, mark it read and go to the next unread one
p       back one screen, then to the previous story
n       next unread story
N       previous unread story
3       open link 3
l       list the links
y       print the URL of the issue
y 3     print the URL of link 3
s       star or unstar
r       mark as read or unread
u       undo the last change
/ words search stories
i       list the issues
g 402/3 go to a story or an issue
?       show this help
q       quit"""
_COMMAND = re.compile(r"(?P<letter>[gy/])\s*(?P<rest>.*)|(?P<alone>\S)")
_NUMBER = re.compile(r"[0-9]{1,6}")


@click.command()
@click.argument("ref", required=False, shell_complete=complete_ref)
@click.option("--plain", is_flag=True, help="Read story by story with one-letter commands (? lists them).")
@click.option("--mark", is_flag=True, help="Mark what is printed as read.")
@click.pass_context
def read(ctx: click.Context, ref: str | None, plain: bool, mark: bool) -> None:
    """Read a story or an issue as plain text, in the pager.

    Without REF, continues where you left off. Links have the same numbers as in `links` and are listed at the end.
    Nothing is marked as read without --mark; --plain marks each story when you reach its end. The pager is $PAGER, or
    less; set PAGER= to use none.
    """
    cli: CliContext = ctx.obj
    with cli.open_library() as library:
        if not plain:  # so that the link numbers are those of `links`, which does the same
            upgrade_archive(cli, library)
        issue_ref, position = _resolve_start(library, ref)
        if not plain:
            _print_text(cli, library, issue_ref, position, mark=mark)
            return
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        try:
            PlainReader(library, cli.make_opener).run(issue_ref, position)
        except KeyboardInterrupt:
            print_data("")
            ctx.exit(EXIT_INTERRUPTED)


def _resolve_start(library: Library, ref: str | None) -> tuple[str, int | None]:
    """Return the issue to read, and the position in it; None for the whole issue."""
    if ref is not None:
        return resolve_ref(library, ref)
    if library.is_empty():
        raise NotFoundError(NO_ISSUES_YET)
    if last := load_last_position(library):
        return last.issue, last.position
    return library.find_next_unread(None) or library.resolve("latest/1")


def _print_text(cli: CliContext, library: Library, issue_ref: str, position: int | None, *, mark: bool) -> None:
    columns = get_columns() or MAX_LINE_WIDTH
    if position is None:
        lines = format_issue_lines(library.get_issue(issue_ref), columns)
    else:
        date = library.get_issue_row(issue_ref).date_text
        lines = format_story_lines(library.get_story(issue_ref, position), issue_ref, date, columns)
    print_paged(lines, hyperlinks=cli.has_hyperlinks())
    if mark:
        keys = [row.key for row in library.get_story_rows(issue_ref) if position in (None, row.position)]
        print_status(f"{library.mark(keys, read=True).label}.")


class PlainReader:
    """Reads stories page by page. A list covers the story until the user goes back or opens another story."""

    def __init__(self, library: Library, make_opener: Callable[[], Opener]) -> None:
        self._library = library
        self._make_opener = make_opener
        self._history: list[tuple[str, int]] = []
        """The stories shown before, the latest last."""
        self._is_read_decided = False
        """True if the user has marked this story read or unread, so that reaching its end does not mark it."""
        self._list: PagedText | None = None
        self._commands: Mapping[str, Callable[[str], None]] = {
            "p": lambda _: self._previous_page(),
            "n": lambda _: self._go_to_unread(back=False),
            "N": lambda _: self._go_to_unread(back=True),
            "l": lambda _: self._list_links(),
            "y": self._print_address,
            "s": lambda _: self._toggle_star(),
            "r": lambda _: self._toggle_read(),
            "u": lambda _: self._undo(),
            "/": lambda words: self._push_list(_make_hit_list(self._library, words)),
            "i": lambda _: self._push_list(_make_issue_list(self._library)),
            "g": self._go_to,
            "?": lambda _: self._push_list(PagedText(PLAIN_COMMANDS_HELP.split("\n"))),
        }

    def run(self, issue_ref: str, position: int | None) -> None:
        """Read from a story on, or from the first unread story of an issue, until the user quits or the input ends."""
        self._open(issue_ref, position)
        while (line := prompt(self._format_prompt())) not in (None, "q"):
            try:
                self._execute(line or "")
            except ReaderError as error:
                print_data(str(error))

    def _execute(self, line: str) -> None:
        if not line:
            self._next_page()
        elif self._list and line in self._list.choices:
            self._go_to(self._list.choices[line])
        elif _NUMBER.fullmatch(line):
            if self._list and self._list.choices:
                raise NotFoundError(f"No item {line} in this list. Press enter to go back to the story.")
            self._open_link(int(line))
        elif (match := _COMMAND.fullmatch(line)) and (letter := match["letter"] or match["alone"]) in self._commands:
            self._commands[letter](match["rest"] or "")
        else:
            print_data(f"Unknown command: {line[:20]} (? for help)")

    def _format_prompt(self) -> str:
        text = self._list or self._text
        if self._list:
            action = "go back" if text.is_at_end else "continue"
            return f"Number to open, enter to {action}:" if text.choices else f"Enter to {action}:"
        count = len(self._story.links)
        links = plural(count, "link") if count else "No links"
        return f"{links}. enter: {'next' if text.is_at_end else 'continue'}, ?: help"

    def _open(self, issue_ref: str, position: int | None) -> None:
        if position is None:
            rows = self._library.get_story_rows(issue_ref)
            if not rows:
                raise NotFoundError(f"Issue {issue_ref} has no stories. See the others: importai-tui list")
            position = next((row.position for row in rows if not row.is_read), 1)
        self._story = self._library.get_story(issue_ref, position)
        self._position = issue_ref, position
        self._is_read_decided = False
        self._list = None
        key = self._story.key
        state = self._library.state
        marks = [*["read"] * state.is_read(key), *["starred"] * state.is_starred(key)]
        date = self._library.get_issue_row(issue_ref).date_text
        screen = _get_screen_size()
        format_lines = partial(format_story_lines, issue_ref=issue_ref, date=date, columns=screen.columns, marks=marks)
        self._text = PagedText(to_texts(format_lines(self._story)))
        scroll = load_scroll_position(self._library, key) or ScrollPosition()
        save_last_position(self._library, *self._position, key)
        self._print_from_line(find_line(self._story, scroll.block, format_lines), screen)

    def _print_from_line(self, line: int, screen: ScreenSize) -> None:
        """Print the page that contains a line. A later page than the first is announced with the headline."""
        page = self._text.next_page(screen)
        end = len(page)
        while end <= line and not self._text.is_at_end:
            page = self._text.next_page(screen)
            end += len(page)
        if not self._text.is_at_start:
            _print_lines(wrap(f"{self._story.headline}: continued from where you left off (p: back)", screen.columns))
        _print_lines(page)

    def _open_from_here(self, issue_ref: str, position: int | None) -> None:
        previous = self._position
        self._open(issue_ref, position)
        self._history.append(previous)

    def _go_to(self, ref: str) -> None:
        if not ref:
            raise NotFoundError("Where to? For example: g 402/3 or g latest")
        self._open_from_here(*resolve_ref(self._library, ref))

    def _go_to_unread(self, *, back: bool) -> None:
        unread = self._library.find_next_unread(self._position, back=back)
        if unread is None or unread == self._position:
            print_data("No unread stories left. i: list of issues, q: quit")
        else:
            self._open_from_here(*unread)

    def _next_page(self) -> None:
        text = self._list or self._text
        if not text.is_at_end:
            _print_lines(text.next_page(_get_screen_size()))
        elif self._list:
            self._list = None
            _print_lines(self._text.current_page(_get_screen_size()))
        else:
            if not (self._is_read_decided or self._library.state.is_read(self._story.key)):
                self._print_change(self._library.mark([self._story.key], read=True))
            self._go_to_unread(back=False)

    def _previous_page(self) -> None:
        text = self._list or self._text
        if not text.is_at_start:
            _print_lines(text.previous_page(_get_screen_size()))
        elif self._list:
            self._list = None
            _print_lines(self._text.current_page(_get_screen_size()))
        elif self._history:
            self._open(*self._history.pop())
        else:
            print_data("This is where you started.")

    def _push_list(self, text: PagedText) -> None:
        self._list = text
        _print_lines(text.next_page(_get_screen_size()))

    def _list_links(self) -> None:
        if self._story.links:
            self._push_list(PagedText(to_texts(format_link_lines(self._story, _get_screen_size().columns))))
        else:
            print_data("This story has no links.")

    def _find_link(self, number: int) -> Link:
        link = next((link for link in self._story.links if link.n == number), None)
        if link is None:
            raise NotFoundError(f"No link {number} in this story (l: list of links).")
        if link.url is None:
            raise NotFoundError(f"Link {number} (“{link.text}”) has no URL. y prints the URL of the issue.")
        return link

    def _open_link(self, number: int) -> None:
        link = self._find_link(number)
        result = self._make_opener()(link.url or "", link.kind)
        if not result.is_opened:
            print_data(f"{result.message} The URL:\n{result.url}")
            return
        if link.work:
            self._library.state.record_work_opened(link.work, get_link_titles(self._story)[number])
        print_data(result.message)

    def _print_address(self, number: str) -> None:
        if number and not _NUMBER.fullmatch(number):
            raise NotFoundError(f"Not a link number: {number[:20]} (l: list of links)")
        url = self._find_link(int(number)).url if number else self._library.get_issue_row(self._position[0]).url
        print_data(format_address(url) if url else "No web address is known for this issue.")

    def _toggle_star(self) -> None:
        starred = not self._library.state.is_starred(self._story.key)
        self._print_change(self._library.mark([self._story.key], starred=starred))

    def _toggle_read(self) -> None:
        self._is_read_decided = True
        self._print_change(self._library.mark([self._story.key], read=not self._library.state.is_read(self._story.key)))

    def _undo(self) -> None:
        change = self._library.undo()
        if change and self._story.key in change.keys:
            self._is_read_decided = True
        self._print_change(change)

    def _print_change(self, change: ChangeResult | None) -> None:
        print_data(f"{change.label}." if change else "Nothing to undo.")


def _make_issue_list(library: Library) -> PagedText:
    """Return the list of issues, newest first; the user chooses one by its reference."""
    columns = _get_screen_size().columns
    rows = library.get_issue_rows()
    lines = []
    for row in rows:
        unread = f"{row.unread_count} of {row.story_count} unread" if row.unread_count else "all read"
        facts = ", ".join(fact for fact in (row.ref, row.date_text, unread) if fact)
        lines += wrap(f"{facts}: {shorten_title(row.title)}", columns, "", "  ")
    return PagedText(lines, {row.ref: row.ref for row in rows})


def _make_hit_list(library: Library, words: str) -> PagedText:
    """Return the stories that a search finds, the best match first; the user chooses one by its number, from 1.

    Raises:
        NotFoundError: there are none, or the search is empty.
    """
    query = parse_query(words)
    if query.is_empty:
        raise NotFoundError("Search for what? For example: / chain of thought")
    while library.count_issues_to_reindex():
        library.reindex_batch()
    with Search(library.archive.path) as search:
        result = search.find(query, library.state.get_marks(query.mark_fields()), limit=_MAX_HITS)
        remarks = search.get_remarks(result)
        hits = list(zip(result.hits, search.make_excerpts(result, 0, _MAX_HITS), strict=True))
        if not hits:
            raise NotFoundError("No results. Try fewer or different words.")
    columns = _get_screen_size().columns
    lines = list(remarks)
    if result.correction:
        lines.append(f"Search as typed: / {result.correction.literal_line}")
    for number, (hit, excerpt) in enumerate(hits, 1):
        date = format_date(hit.day, is_estimated=hit.is_day_estimated)
        facts = ", ".join(fact for fact in (hit.headline, hit.ref, date) if fact)
        lines += wrap(f"{number}. {facts}", columns, "", "   ")
        lines += wrap(excerpt.text, columns, "   ", "   ")
    return PagedText(lines, {str(number): hit.ref for number, (hit, _) in enumerate(hits, 1)})


def _get_screen_size() -> ScreenSize:
    """Return the current size, because a window may be resized; a pipe has no rows unless LINES is set."""
    has_screen = sys.stdout.isatty() or "LINES" in os.environ
    rows = shutil.get_terminal_size((MAX_LINE_WIDTH, _DEFAULT_ROWS)).lines if has_screen else None
    return ScreenSize(get_columns() or MAX_LINE_WIDTH, rows)


def _print_lines(lines: Sequence[str]) -> None:
    print_data("\n".join(lines))


def find_line(story: Story, number: int, format_lines: Callable[[Story], Sequence[object]]) -> int:
    """Return the line where a block of the story begins, counted from 0.

    Args:
        story: the story.
        number: the number of the block in `ScrollPosition`: headline, tagline, byline, then each paragraph and each
            item of a list. "Read more" lines and inspirations come last.
        format_lines: returns the lines of a story.
    """
    remaining = number - (3 if story.tagline else 2)
    if remaining < 0:
        return 0
    before: list[Block] = []
    for block in story.blocks:
        if is_below_body(block, story):
            continue
        if remaining < (count := _count_rendered_blocks(block)):
            if remaining and isinstance(block, ListBlock):
                before.append(ListBlock(block.items[:remaining]))
                return len(format_lines(_with_blocks(story, before)))
            break
        remaining -= count
        before.append(block)
    return len(format_lines(_with_blocks(story, before))) + 1


def _with_blocks(story: Story, blocks: Sequence[Block]) -> Story:
    return replace(story, blocks=tuple(blocks), links=())


def _count_rendered_blocks(block: Block) -> int:
    """Return the number of blocks that the app draws for a block: one for each item of a list, none if it is empty."""
    match block:
        case ListBlock(items):
            return len(items)
        case Paragraph(spans, run_in):
            return 1 if spans_to_text((*run_in, *spans)).strip() else 0
        case _:
            return 1
