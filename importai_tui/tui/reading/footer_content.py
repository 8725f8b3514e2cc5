"""Chooses the content of the reading screen's footer: the hints of the focused pane, and a few words of state.

It reads the session and the command table, and draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.keymap.commands import COMMANDS, Command
from importai_tui.model import WORDS_PER_MINUTE, Link
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.footer import HINT_GAP, MAX_HINTS, FooterContent, Hint, format_first_key, make_hints

if TYPE_CHECKING:
    from importai_tui.threads.threads import StoryReferences


class _HintSpec(NamedTuple):
    """A command's id and its words in the footer."""

    id: str
    words: str


_HELP = _HintSpec("help", "help")
_SEARCH = _HintSpec("search", "search")
_NEXT_UNREAD = _HintSpec("story.next_unread", "next unread")
FIRST_SYNC_HINTS = (("sync", "download newest"), ("sync.all", "all"))
"""The first hints for a user without issues: ids of commands, and words that fit a window of 40 cells."""
_NOTHING_YET = (*(_HintSpec(*hint) for hint in FIRST_SYNC_HINTS), _HintSpec("guide", "guide"), _HELP)


def make_pane_hints(
    pane: Pane,
    *,
    links: Sequence[int],
    zen: bool,
    empty: bool = False,
    unread: bool = True,
    is_list: bool = False,
    read_on: str = "page",
    commands: Sequence[Command] = COMMANDS,
) -> tuple[Hint, ...]:
    """Return at most six hints for a pane, the most useful first, help last. A command without a key has none.

    Args:
        pane: the pane that has the focus.
        links: the numbers of the story's links.
        zen: the story is shown alone.
        empty: the archive has no issue.
        unread: there is an unread story to go to.
        is_list: a reading list is open.
        read_on: what the key that pages on does in the story now.
        commands: the command table with the user's keys.
    """
    keys = {command.id: format_first_key([command], command.id) for command in commands}
    actions = {command.id: command.action for command in commands}
    if empty:
        return _hints(_NOTHING_YET, keys, actions)
    wanted: tuple[_HintSpec, ...]
    match pane:
        case Pane.LIST:
            wanted = (
                _HintSpec("choose", "open"),
                _NEXT_UNREAD if unread else _HintSpec("sync", "check for new issues"),
                _HintSpec("back", "all issues") if is_list else _HintSpec("mark.read", "toggle read"),
                _HintSpec("mark.undo", "undo"),
                _SEARCH,
                _HELP,
            )
        case Pane.STORY:
            onwards = _NEXT_UNREAD if unread else _HintSpec("story.next", "next story")
            last = _HintSpec("view.zen", "all panes") if zen else _SEARCH
            wanted = (_HintSpec("read.on", read_on), onwards, _HintSpec("mark.star", "star"), last, _HELP)
        case Pane.LINKS if links:
            wanted = (
                _HintSpec("choose", "open"),
                _HintSpec("link.card", "card"),
                _HintSpec("link.copy", "copy"),
                _HintSpec("link.bibtex", "BibTeX"),
                _HintSpec("back", "back"),
                _HELP,
            )
        case Pane.LINKS:
            wanted = (_HintSpec("back", "back"), _HELP)
    hints = _hints(wanted, keys, actions)
    open_keys = " ".join(filter(None, (keys.get(f"link.{n}") for n in links[:2])))
    if pane is Pane.STORY and open_keys:
        # Second, because newcomers look for it, and space goes to the next unread story too.
        return (*hints[:1], Hint(open_keys, "open link", "open_here"), *hints[1:])
    return hints


def _hints(wanted: Sequence[_HintSpec], keys: Mapping[str, str], actions: Mapping[str, str]) -> tuple[Hint, ...]:
    return tuple(Hint(keys[spec.id], spec.words, actions[spec.id]) for spec in wanted if keys[spec.id])


_MAX_WORDS_LENGTH = 24
"""Cells of typed words in the footer, so that three hints fit beside them in a window of 80 cells."""
_WIDE = 60
"""Cells of a window in which typed words fit beside the first hint."""
_END_CATCH_UP = ("catch_up", "end catch-up")
_BEFORE_END_CATCH_UP = ("read_on", "open_here", "choose")
"""The actions whose hints come before the hint that ends catching up."""
_MATCH_HINTS = (
    ("story.next_unread", "next match"),
    ("story.previous_unread", "previous"),
    ("back", "clear"),
    ("help", "help"),
)


class FooterContext(NamedTuple):
    """Values that the footer depends on besides the session.

    Attributes:
        pane: the pane that has the focus.
        width: cells of the window.
        commands: the command table with the user's keys.
        zen: the story is shown alone.
        remaining: unread stories and their words while the user catches up; None if they are not counted yet.
        references: the references of the open story; None if they are not known yet.
        match: the number of the current match, and of all matches; None while no match is highlighted.
        search_words: the words whose matches are highlighted.
        link_filter: the filter of the links.
        first_hints: ids and words of commands whose hints come first, in the accent colour.
        is_at_end: the end of the story is in view.
        link: the link under the cursor or the mouse.
    """

    pane: Pane
    width: int
    commands: Sequence[Command]
    zen: bool = False
    remaining: tuple[int, int] | None = None
    references: StoryReferences | None = None
    match: tuple[int, int] | None = None
    search_words: str = ""
    link_filter: str = ""
    first_hints: Sequence[tuple[str, str]] = ()
    is_at_end: bool = False
    link: Link | None = None


def make_footer_content(status: FooterContent, session: ReadingSession, context: FooterContext) -> FooterContent:
    """Return the footer's content; `status` has the note, the running job and the warning, but no hints."""
    hints = make_pane_hints(
        context.pane,
        links=[link.n for link in session.story.links] if session.story else [],
        zen=context.zen,
        empty=session.story is None,
        unread=session.index.unread_count != 0,
        is_list=session.reading_list is not None,
        read_on=_describe_read_on(session) if context.is_at_end else "page",
        commands=context.commands,
    )
    if session.origin_command and context.pane is Pane.STORY:
        *others, last = hints
        back = make_hints(context.commands, ("back", session.origin_command))
        hints = (*(*others[:1], *back, *others[1:])[: MAX_HINTS - 1], last)
    content = _add_fiction(status._replace(hints=hints), session)
    if session.is_catching_up and context.pane is not Pane.LINKS:
        content = _add_remaining(content, context)
    if context.references and context.pane is Pane.STORY and not content.job.progress:
        content = content._replace(hints=add_reference_hints(content.hints, context.references, context.commands))
    if session.is_in_results and context.pane is not Pane.LINKS and not session.filter:
        content = _add_result(content, session, context)
    elif context.match:
        content = _add_matches(content, context)
    else:
        content = _add_filter(content, session, context)
        content = _add_first_hints(content, context, is_empty=session.story is None)
        if context.link and not content.job.progress:
            content = content._replace(job=JobStatus(text=_format_address(context.link, content.hints, context.width)))
    if content.job.progress:
        content = content._replace(stop=next(iter(make_hints(context.commands, ("sync", "stop"))), None))
    return content


def add_reference_hints(
    hints: tuple[Hint, ...], references: StoryReferences, commands: Sequence[Command]
) -> tuple[Hint, ...]:
    """Return the hints with those for references after the first two; the last one, help, stays last."""
    earlier = (("thread.earlier", "earlier story"),) if references.refers_to else ()
    later = (("thread.later", "later mentions"),) if references.mentioned_in else ()
    added = make_hints(commands, *earlier, *later)
    return (*(*hints[:2], *added, *hints[2:-1])[: MAX_HINTS - 1], *hints[-1:])


def format_remaining(stories: int, words: int) -> str:
    """Return the number of remaining stories and their reading time."""
    if not stories:
        return "all caught up"
    hours, minutes = divmod(max(1, round(words / WORDS_PER_MINUTE)), 60)
    time = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return f"{stories:,} left · {time}"


def _describe_read_on(session: ReadingSession) -> str:
    """Return what the key that pages on does at the end of the story."""
    row = session.story_row
    is_unread = row is not None and not row.is_read
    if session.reading_list:
        others_unread = any(not other.is_read for other in session.reading_list.rows if not row or other.key != row.key)
    else:
        others_unread = session.index.unread_count > is_unread
    return "next story" if others_unread else "mark read" if is_unread else "page"


def _format_address(link: Link, hints: Sequence[Hint], width: int) -> str:
    """Return a link's address, cut so that the first hint and the last one fit beside it."""
    # Other schemes stay visible.
    address = link.url.removeprefix("https://") if link.url else "no URL"
    return truncate(address, width - sum(hint.width + HINT_GAP for hint in (*hints[:1], *hints[-1:])) - 4)


def _add_fiction(content: FooterContent, session: ReadingSession) -> FooterContent:
    """In the book of tales, add the number of the tale, and call the next unread story the next tale."""
    book, story = session.reading_list, session.story
    if not (book and book.is_book and story):
        return content
    hints = tuple(
        h._replace(words="next tale") if h.action == "next_unread" or h.words == "next story" else h
        for h in content.hints
    )
    return _add_note(content._replace(hints=hints), f"tale {book.get_position(story.key)} of {len(book.rows)}")


def _add_remaining(content: FooterContent, context: FooterContext) -> FooterContent:
    """Add the remaining stories, and the key that ends catching up."""
    *others, last = content.hints
    first = [hint for hint in others if hint.action in _BEFORE_END_CATCH_UP]
    rest = [hint for hint in others if hint.action not in _BEFORE_END_CATCH_UP]
    hints = (*(*first, *make_hints(context.commands, _END_CATCH_UP), *rest)[: MAX_HINTS - 1], last)
    content = content._replace(hints=hints)
    if not context.remaining:
        return content
    return _add_note(content, format_remaining(*context.remaining))


def _add_matches(content: FooterContent, context: FooterContext) -> FooterContent:
    """Return the content while matches are highlighted: only their hints, and a warning if there is one."""
    words = truncate(context.search_words, _MAX_WORDS_LENGTH) if context.width >= _WIDE else ""
    assert context.match
    label = "match {} of {}".format(*context.match) + (f": {words}" if words else "")
    return FooterContent(
        make_hints(context.commands, *_MATCH_HINTS), job=JobStatus(text=label), warning=content.warning
    )


def _add_result(content: FooterContent, session: ReadingSession, context: FooterContext) -> FooterContent:
    """Return the content while the results of a search are read: their hints, and the number of the open one."""
    results, story = session.reading_list, session.story
    assert results
    has_next_match = context.match is not None and context.match[0] < context.match[1]
    hints = make_hints(
        context.commands,
        ("story.next_unread", "next match" if has_next_match else "next result"),
        *((("story.next", "next result"),) if has_next_match else ()),
        ("back", session.origin_command or "results"),
        ("read.on", "page"),
        ("mark.star", "star"),
        ("help", "help"),
    )
    count = f"{len(results.rows):,}{'+' if results.is_truncated else ''}"
    label = f"result {results.get_position(story.key) if story else 0}/{count}"
    if context.match and context.width >= _WIDE:
        label += " · match {}/{}".format(*context.match)
    return _add_note(content._replace(hints=hints), label)


def _add_filter(content: FooterContent, session: ReadingSession, context: FooterContext) -> FooterContent:
    """In a filtered list, add the key that shows all of it, and the words of the filter."""
    in_links = context.pane is Pane.LINKS
    words = context.link_filter if in_links else session.filter if context.pane is Pane.LIST else ""
    if not words:
        return content
    noun = "links" if in_links else "stories" if session.is_reading_list_filtered else "issues"
    *others, last = (hint for hint in content.hints if hint.action != "back_out")
    hints = (*make_hints(context.commands, ("back", f"all {noun}")), *others[: MAX_HINTS - 2], last)
    content = content._replace(hints=hints)
    return _add_note(content, f"filter: {truncate(words, _MAX_WORDS_LENGTH)}") if context.width >= _WIDE else content


def _add_first_hints(content: FooterContent, context: FooterContext, *, is_empty: bool) -> FooterContent:
    """Put the first hints before all others; the last one, help, stays last."""
    wanted = FIRST_SYNC_HINTS if is_empty else context.first_hints
    first = make_hints(context.commands, *wanted)
    actions = {hint.action for hint in first}
    *others, last = (hint for hint in content.hints if hint.action not in actions)
    hints = (*(hint._replace(is_accented=True) for hint in first), *others)
    return content._replace(hints=(*hints[: MAX_HINTS - 1], last))


def _add_note(content: FooterContent, note: str) -> FooterContent:
    """Add a few words, unless a job shows its own."""
    return content._replace(job=JobStatus(text=note)) if content.job == JobStatus() else content
