"""Reading on, story by story, in plain lines: for screen readers and terminals that can do nothing but print.

It writes text and line ends alone, and is told what to do by lines of a letter, typed or piped in.

The command that prints what there is to read: `read`, through the pager or on from story to story.

The lists of plain reading: issues, and stories that a search finds, each with what is typed to go there.

Where in the lines of plain reading the place is that a reader has kept inside a story.
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

from importai_tui.cli.constants import INTERRUPTED
from importai_tui.cli.context import Session, catch_up
from importai_tui.errors import NotFound, ReaderError
from importai_tui.library.position import ScrollPosition, save_last_position, saved_scroll
from importai_tui.model import Block, ListBlock, Paragraph, Story, is_at_foot, plain, short_title
from importai_tui.output.console import ask, columns, emit, emit_paged, narrate
from importai_tui.output.layout import Screen, Sheet, wrap
from importai_tui.output.tables import address_text
from importai_tui.output.text import MEASURE, link_lines, story_lines
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.browser import Opener
    from importai_tui.library.library import Library
    from importai_tui.library.rows import IssueHead
    from importai_tui.model import Link
    from importai_tui.state.store import Change


def line_of(story: Story, piece: int, lines_of: Callable[[Story], Sequence[str]]) -> int:
    """The line at which a piece of the story begins, from 0.

    Args:
        story: what is read.
        piece: as the app counts them: headline, tagline, facts, then each paragraph and each item of a list; what is
            read and cited at the foot comes last.
        lines_of: the lines of a story.
    """
    left = piece - (3 if story.tagline else 2)
    if left < 0:
        return 0
    before: list[Block] = []
    for block in story.blocks:
        if is_at_foot(block, story):
            continue
        if left < (count := _pieces(block)):
            if left and isinstance(block, ListBlock):
                before.append(ListBlock(block.items[:left]))
                return len(lines_of(_only(story, before)))
            break
        left -= count
        before.append(block)
    return len(lines_of(_only(story, before))) + 1


def _only(story: Story, blocks: Sequence[Block]) -> Story:
    return replace(story, blocks=tuple(blocks), links=())


def _pieces(block: Block) -> int:
    match block:
        case ListBlock(items):
            return len(items)
        case Paragraph(spans, run_in):
            return 1 if plain((*run_in, *spans)).strip() else 0
        case _:
            return 1


_HITS = 20
"""Stories of one search: a few screens, as one pages through them."""


def issue_sheet(heads: Sequence[IssueHead], columns: int) -> Sheet:
    """The issues, newest first; each is chosen by its number, or its slug where it has none."""
    lines = []
    for head in heads:
        unread = f"{head.unread} of {head.stories} unread" if head.unread else "all read"
        facts = ", ".join(fact for fact in (head.ref, head.date, unread) if fact)
        lines += wrap(f"{facts}: {short_title(head.title)}", columns, "", "  ")
    return Sheet(lines, {head.ref: head.ref for head in heads})


def hit_sheet(library: Library, words: str, columns: int) -> Sheet:
    """The stories that a line of the search language finds, the best match first, numbered from 1.

    Raises:
        NotFound: there are none, or nothing is asked for.
    """
    from importai_tui.query.parser import read_query
    from importai_tui.search.search import Search

    query = read_query(words)
    if query.is_empty:
        raise NotFound("Say what to look for: / chain of thought")
    while library.behind():
        library.index_some()
    with Search(library.archive.path) as search:
        answer = search.answer(query, library.state.marks(query.fields()), limit=_HITS)
        hits = list(zip(answer.found, search.excerpts(answer, 0, _HITS), strict=True))
        if not hits:
            meant = search.suggestion(query)
            raise NotFound(f"Nothing is found. {f'Did you mean: / {meant}' if meant else 'Try fewer words.'}")
    lines = list(query.remarks)
    for number, (found, excerpt) in enumerate(hits, 1):
        facts = ", ".join(fact for fact in (found.headline, found.ref, found.day) if fact)
        lines += wrap(f"{number}. {facts}", columns, "", "   ")
        lines += wrap(excerpt.text, columns, "   ", "   ")
    return Sheet(lines, {str(number): found.ref for number, (found, _) in enumerate(hits, 1)})


_USUAL_ROWS = 24
"""Of a terminal that does not say how many it has: what the first ones had."""
LETTERS = """\
Each is ended by enter.
enter   goes on; at the end of a story marks it read, to the next unread
p       a screenful back, then to the story before
n       the next unread story
N       the unread story before
3       opens link 3
l       lists the links
y       prints the address of the issue's page
y 3     prints the address of link 3
s       gives a star, or takes it away
r       marks read, or unread
u       undoes the last mark
/ words finds stories
i       lists the issues
g 402/3 goes to a story or an issue
?       lists these letters
q       quits"""
_COMMAND = re.compile(r"(?P<letter>[gy/])\s*(?P<rest>.*)|(?P<alone>\S)")
_NUMBER = re.compile(r"[0-9]{1,6}")


class ReadingOn:
    """One sitting. A story is shown a screenful at a time; a list lies over it until one goes on or elsewhere."""

    def __init__(self, library: Library, opener: Callable[[], Opener]) -> None:
        self._library = library
        self._opener = opener
        self._before: list[tuple[str, int]] = []
        """The stories that were shown, the latest last."""
        self._settled = False
        """Whether it was said of this story that it is read or unread, so that its end need not say it."""
        self._over: Sheet | None = None
        self._letters: Mapping[str, Callable[[str], None]] = {
            "p": lambda _: self._back(),
            "n": lambda _: self._go_to_unread(back=False),
            "N": lambda _: self._go_to_unread(back=True),
            "l": lambda _: self._list_links(),
            "y": self._print_address,
            "s": lambda _: self._star(),
            "r": lambda _: self._turn_read(),
            "u": lambda _: self._undo(),
            "/": lambda words: self._lay_over(hit_sheet(self._library, words, _screen().columns)),
            "i": lambda _: self._lay_over(issue_sheet(self._library.issue_heads(), _screen().columns)),
            "g": self._go_to,
            "?": lambda _: self._lay_over(Sheet(LETTERS.split("\n"))),
        }

    def read_on(self, issue_ref: str, position: int | None) -> None:
        """Read from a story on, or from the first unread one of an issue, until one quits or the input ends."""
        self._open(issue_ref, position)
        while (answer := ask(self._question())) not in (None, "q"):
            try:
                self._obey(answer or "")
            except ReaderError as error:
                emit(str(error))

    def _obey(self, line: str) -> None:
        if not line:
            self._go_on()
        elif self._over and line in self._over.choices:
            self._go_to(self._over.choices[line])
        elif _NUMBER.fullmatch(line):
            if self._over and self._over.choices:
                raise NotFound(f"The list has no {line}. enter goes back to the story, where numbers open links.")
            self._open_link(int(line))
        elif (found := _COMMAND.fullmatch(line)) and (letter := found["letter"] or found["alone"]) in self._letters:
            self._letters[letter](found["rest"] or "")
        else:
            emit(f'"{line[:20]}" is no command here; ? lists them.')

    def _question(self) -> str:
        sheet = self._over or self._sheet
        if self._over:
            on = "goes back to the story" if sheet.at_end else "goes on"
            return f"A number goes there, enter {on}:" if sheet.choices else f"enter {on}:"
        count = len(self._story.links)
        links = plural(count, "link") if count else "No links"
        return f"{links}. enter {'next' if sheet.at_end else 'on'}, ? for letters:"

    def _open(self, issue_ref: str, position: int | None) -> None:
        if position is None:
            heads = self._library.story_heads(issue_ref)
            if not heads:
                raise NotFound(f"{issue_ref} holds no stories. See the others: importai-tui list")
            position = next((head.position for head in heads if not head.read), 1)
        self._story = self._library.story(issue_ref, position)
        self._here = issue_ref, position
        self._settled = False
        self._over = None
        key = self._story.key
        marks = [
            word
            for word, so in (
                ("read", self._library.state.is_read(key)),
                ("starred", self._library.state.is_starred(key)),
            )
            if so
        ]
        date = self._library.issue_head(issue_ref).date
        screen = _screen()
        lines_of = partial(story_lines, issue_ref=issue_ref, date=date, columns=screen.columns, marks=marks)
        self._sheet = Sheet(lines_of(self._story))
        scroll = saved_scroll(self._library, key) or ScrollPosition()
        save_last_position(self._library, *self._here, key)
        self._emit_from(line_of(self._story, scroll.piece, lines_of), screen)

    def _emit_from(self, line: int, screen: Screen) -> None:
        """The screenful that holds a line; one that is not the first says so, for it says nothing of the story."""
        shown = self._sheet.forward(screen)
        end = len(shown)
        while end <= line and not self._sheet.at_end:
            shown = self._sheet.forward(screen)
            end += len(shown)
        if not self._sheet.at_start:
            _emit_lines(wrap(f"{self._story.headline}: on from where you left off, p goes back.", screen.columns))
        _emit_lines(shown)

    def _leave_for(self, issue_ref: str, position: int | None) -> None:
        here = self._here
        self._open(issue_ref, position)
        self._before.append(here)

    def _go_to(self, ref: str) -> None:
        if not ref:
            raise NotFound("Say where to go: g 402/3, g latest.")
        self._leave_for(*self._library.resolve(ref))

    def _go_to_unread(self, *, back: bool) -> None:
        found = self._library.next_unread(self._here, back=back)
        if found is None or found == self._here:
            emit("No other story is unread. i lists the issues, q quits.")
        else:
            self._leave_for(*found)

    def _go_on(self) -> None:
        sheet = self._over or self._sheet
        if not sheet.at_end:
            _emit_lines(sheet.forward(_screen()))
        elif self._over:
            self._over = None
            _emit_lines(self._sheet.again(_screen()))
        else:
            if not (self._settled or self._library.state.is_read(self._story.key)):
                self._tell(self._library.mark([self._story.key], read=True))
            self._go_to_unread(back=False)

    def _back(self) -> None:
        sheet = self._over or self._sheet
        if not sheet.at_start:
            _emit_lines(sheet.back(_screen()))
        elif self._over:
            self._over = None
            _emit_lines(self._sheet.again(_screen()))
        elif self._before:
            self._open(*self._before.pop())
        else:
            emit("This is where you began.")

    def _lay_over(self, sheet: Sheet) -> None:
        self._over = sheet
        _emit_lines(sheet.forward(_screen()))

    def _list_links(self) -> None:
        if self._story.links:
            self._lay_over(Sheet(link_lines(self._story, _screen().columns)))
        else:
            emit("This story has no links.")

    def _link(self, number: int) -> Link:
        link = next((link for link in self._story.links if link.n == number), None)
        if link is None:
            raise NotFound(f"This story has no link {number}; l lists them.")
        if link.url is None:
            raise NotFound(f'Link {number}, "{link.text}", has no web address. y prints that of the issue.')
        return link

    def _open_link(self, number: int) -> None:
        link = self._link(number)
        opened = self._opener()(link.url or "")
        if not opened.opened:
            emit(f"No browser here; this is the address:\n{opened.url}")
            return
        if link.work:
            from importai_tui.works.titles import titles

            self._library.state.keep_opened(link.work, titles(self._story)[number])
        emit(opened.note)

    def _print_address(self, number: str) -> None:
        if number and not _NUMBER.fullmatch(number):
            raise NotFound(f'"{number[:20]}" is no number of a link; l lists them.')
        url = self._link(int(number)).url if number else self._library.issue_head(self._here[0]).url
        emit(address_text(url) if url else "The page of this issue is not known.")

    def _star(self) -> None:
        starred = not self._library.state.is_starred(self._story.key)
        self._tell(self._library.mark([self._story.key], starred=starred))

    def _turn_read(self) -> None:
        self._settled = True
        self._tell(self._library.mark([self._story.key], read=not self._library.state.is_read(self._story.key)))

    def _undo(self) -> None:
        change = self._library.undo()
        if change and self._story.key in change.keys:
            self._settled = True
        self._tell(change)

    def _tell(self, change: Change | None) -> None:
        emit(f"{change.label}." if change else "There is nothing to undo.")


def _screen() -> Screen:
    """As it is now, for a window may change; a pipe has none unless LINES says so."""
    rows = shutil.get_terminal_size((MEASURE, _USUAL_ROWS)).lines if _is_screen() else None
    return Screen(columns() or MEASURE, rows)


def _is_screen() -> bool:
    return sys.stdout.isatty() or "LINES" in os.environ


def _emit_lines(lines: Sequence[str]) -> None:
    emit("\n".join(lines))


_NOTHING_TO_READ = (
    "The archive is empty. Bring in issues: importai-tui sync. How it all works: importai-tui --demo read latest"
)


@click.command()
@click.argument("ref", required=False)
@click.option("--plain", is_flag=True, help="Read on, story by story, with commands of a letter; ? lists them.")
@click.option("--mark", is_flag=True, help="Mark as read what is printed. --plain marks each story at its end.")
@click.pass_context
def read(ctx: click.Context, ref: str | None, plain: bool, mark: bool) -> None:
    """Print a story or an issue to be read: through the pager on a terminal, else straight out.

    Without REF it is the story where you left off. Links are numbered as in `links`, and listed at the foot. Nothing
    is marked as read unless --mark or --plain is given. The pager is that of PAGER, else less; PAGER= is none.
    """
    session: Session = ctx.obj
    with session.library() as library:
        if not plain:  # the numbers are those of `links`, which does the same
            catch_up(session, library)
        issue_ref, position = _where(library, ref)
        if not plain:
            _print(library, issue_ref, position, mark=mark)
            return

        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        try:
            ReadingOn(library, session.opener).read_on(issue_ref, position)
        except KeyboardInterrupt:
            emit("")
            ctx.exit(INTERRUPTED)


def _where(library: Library, ref: str | None) -> tuple[str, int | None]:
    """What is to be read: an issue, and the position in it or None for all of it."""
    from importai_tui.library.position import last_position

    if ref is not None:
        return library.resolve(ref)
    if library.is_empty():
        raise NotFound(_NOTHING_TO_READ)
    if last := last_position(library):
        return last.issue, last.position
    return library.next_unread(None) or library.resolve("latest/1")


def _print(library: Library, issue_ref: str, position: int | None, *, mark: bool) -> None:
    from importai_tui.output.text import MEASURE, issue_lines, story_lines

    width = columns() or MEASURE
    heads = [head for head in library.story_heads(issue_ref) if position in (None, head.position)]
    if position is None:
        lines = issue_lines(library.issue(issue_ref), width)
    else:
        date = library.issue_head(issue_ref).date
        lines = story_lines(library.story(issue_ref, position), issue_ref, date, width)
    emit_paged("\n".join(lines))
    if mark:
        narrate(f"{library.mark([head.key for head in heads], read=True).label}.")
