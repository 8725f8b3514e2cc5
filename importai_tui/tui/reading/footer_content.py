"""The footer of the reading screen: the keys that matter in a pane, changed by what the user is doing there.

Which keys matter in which pane, as the keys hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.keymap.commands import COMMANDS, Command
from importai_tui.model import WORDS_PER_MINUTE
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.footer import MAX_HINTS, FooterContent, Hint, format_first_key, make_hints

if TYPE_CHECKING:
    from importai_tui.threads.threads import StoryReferences


class _HintSpec(NamedTuple):
    """A command by its id, what it is called here, and another action that a click runs in its place."""

    id: str
    words: str
    action: str = ""


_HELP = _HintSpec("help", "help")
_SEARCH = _HintSpec("search", "search")
_NEXT_UNREAD = _HintSpec("story.next_unread", "next unread")
_NOTHING_YET = (
    _HintSpec("sync", "newest issues"),
    _HintSpec("sync.all", "all of them"),
    _HintSpec("guide", "guide"),
    _HELP,
)


def make_pane_hints(
    pane: Pane,
    *,
    links: Sequence[int],
    zen: bool,
    empty: bool = False,
    unread: bool = True,
    is_list: bool = False,
    commands: Sequence[Command] = COMMANDS,
) -> tuple[Hint, ...]:
    """At most six, the weightiest first, help last. A command that no key calls has no hint.

    Args:
        pane: where one is.
        links: the numbers of the story's links.
        zen: whether the story is alone.
        empty: there is no issue.
        unread: there is an unread story to go to.
        walk: one walks through a saved search.
        commands: the table with the keys that hold.
    """
    keys = {command.id: format_first_key([command], command.id) for command in commands}
    actions = {command.id: command.action for command in commands}
    if empty:
        return _hints(_NOTHING_YET, keys, actions)
    wanted: tuple[_HintSpec, ...]
    match pane:
        case Pane.LIST:
            wanted = (
                _HintSpec("choose", "read"),
                _NEXT_UNREAD if unread else _HintSpec("sync", "newest issues"),
                _HintSpec("back", "all issues") if is_list else _HintSpec("mark.read", "read/unread"),
                _HintSpec("mark.undo", "undo"),
                _SEARCH,
                _HELP,
            )
        case Pane.STORY:
            onwards = _NEXT_UNREAD if unread else _HintSpec("story.next", "next story")
            last = _HintSpec("view.zen", "all panes") if zen else _SEARCH
            wanted = (_HintSpec("read.on", "page"), onwards, _HintSpec("mark.star", "star"), last, _HELP)
        case Pane.LINKS if links:
            wanted = (
                _HintSpec("choose", "open"),
                _HintSpec("link.copy", "copy"),
                _HintSpec("sync.all", "BibTeX", "copy_bibtex"),
                _HintSpec("link.pdf", "PDF"),
                _HintSpec("back", "back"),
                _HELP,
            )
        case Pane.LINKS:
            wanted = (_HintSpec("back", "back"), _HELP)
    hints = _hints(wanted, keys, actions)
    open_keys = " ".join(filter(None, (keys.get(f"link.{n}") for n in links[:2])))
    if pane is Pane.STORY and open_keys:
        # Before all but paging: it is what a newcomer looks for, and space goes to the next unread story too.
        return (*hints[:1], Hint(open_keys, "open link", "open_here"), *hints[1:])
    return hints


def _hints(wanted: Sequence[_HintSpec], keys: Mapping[str, str], actions: Mapping[str, str]) -> tuple[Hint, ...]:
    return tuple(Hint(keys[one.id], one.words, one.action or actions[one.id]) for one in wanted if keys[one.id])


_MAX_WORDS_LENGTH = 24
"""Cells of the words that the user has typed: they leave room for three hints in a window of 80."""
_WIDE = 60
"""Cells of a window with room for them beside the first hint."""
_WIDE_FOR_REMAINING = 100
"""Cells of a window with room to say in words what is left."""
_END_CATCH_UP = ("catch_up", "end catch-up")
_BEFORE_END_CATCH_UP = ("read_on", "open_here", "choose")
"""The actions whose hints come before that."""
_MATCH_HINTS = (
    ("story.next_unread", "next match"),
    ("back", "put away"),
    ("story.previous_unread", "before"),
    ("help", "help"),
)


@dataclass(frozen=True, slots=True)
class FooterContext:
    """What the footer depends on besides the session.

    Attributes:
        pane: the pane that has the focus.
        width: cells of the window.
        commands: the command table with the user's keys.
        remaining: unread stories and their words while the user catches up; None if they are not counted yet.
        ties: the references of the open story; None if they are not known yet.
        match: which match of how many is the present one; empty while no match is highlighted.
        looked_for: the words whose matches are highlighted.
        link_filter: the words that narrow the links.
    """

    pane: Pane
    width: int
    commands: Sequence[Command]
    remaining: tuple[int, int] | None = None
    references: StoryReferences | None = None
    match: str = ""
    search_words: str = ""
    link_filter: str = ""


def make_footer_content(content: FooterContent, session: ReadingSession, context: FooterContext) -> FooterContent:
    """Return what the footer shows; `content` has the hints of the pane, the job that runs, and the warning."""
    content = _add_fiction(content, session)
    if session.is_catching_up and context.pane is not Pane.LINKS:
        content = _add_remaining(content, context)
    if context.references and context.pane is Pane.STORY and not content.job.progress:
        content = replace(content, hints=add_reference_hints(content.hints, context.references, context.commands))
    content = _add_matches(content, context) if context.match else _add_filter(content, session, context)
    if content.job.progress:
        content = replace(content, stop=next(iter(make_hints(context.commands, ("sync", "stop"))), None))
    return content


def add_reference_hints(
    hints: tuple[Hint, ...], ties: StoryReferences, commands: Sequence[Command]
) -> tuple[Hint, ...]:
    """The hints with those for references among them; the weightiest come first and the last, help, stays."""
    earlier = (("thread.earlier", "refers to"),) if ties.refers_to else ()
    later = (("thread.later", "mentioned in"),) if ties.mentioned_in else ()
    tied = make_hints(commands, *earlier, *later)
    return (*(*hints[:2], *tied, *hints[2:-1])[: MAX_HINTS - 1], *hints[-1:])


def format_remaining(stories: int, words: int, *, brief: bool = False) -> str:
    """What is left, in stories and in hours and minutes of reading; in brief the stories are a number alone."""
    if not stories:
        return "all caught up"
    hours, minutes = divmod(max(1, round(words / WORDS_PER_MINUTE)), 60)
    time = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    noun = "" if brief else " story" if stories == 1 else " stories"
    return f"{stories:,}{noun} left, {time}"


def _add_fiction(content: FooterContent, session: ReadingSession) -> FooterContent:
    """In the book of tales: which tale it is; the next unread story is the next tale."""
    book, story = session.reading_list, session.story
    if not (book and book.is_book and story):
        return content
    hints = tuple(replace(h, words="next tale") if h.action == "next_unread" else h for h in content.hints)
    return _add_note(replace(content, hints=hints), f"tale {book.get_position(story.key)} of {len(book.rows)}")


def _add_remaining(content: FooterContent, context: FooterContext) -> FooterContent:
    """What is left, and the key that ends catching up."""
    *others, last = content.hints
    first = [hint for hint in others if hint.action in _BEFORE_END_CATCH_UP]
    rest = [hint for hint in others if hint.action not in _BEFORE_END_CATCH_UP]
    hints = (*(*first, *make_hints(context.commands, _END_CATCH_UP), *rest)[: MAX_HINTS - 1], last)
    content = replace(content, hints=hints)
    if not context.remaining:
        return content
    return _add_note(content, format_remaining(*context.remaining, brief=context.width < _WIDE_FOR_REMAINING))


def _add_matches(content: FooterContent, context: FooterContext) -> FooterContent:
    """While matches are highlighted, the footer is about them; only a warning comes before."""
    named = truncate(context.search_words, _MAX_WORDS_LENGTH) if context.width >= _WIDE else ""
    news = f"match {context.match}: {named}" if named else f"match {context.match}"
    return FooterContent(make_hints(context.commands, *_MATCH_HINTS), job=JobStatus(text=news), warning=content.warning)


def _add_filter(content: FooterContent, session: ReadingSession, context: FooterContext) -> FooterContent:
    """In a narrowed list: the key that shows the rest of it, and the words that narrow it."""
    at_links = context.pane is Pane.LINKS
    words = context.link_filter if at_links else session.filter if context.pane is Pane.LIST else ""
    if not words:
        return content
    rest = "links" if at_links else "stories" if session.is_reading_list_filtered else "issues"
    *others, last = (hint for hint in content.hints if hint.action != "back_out")
    hints = (*make_hints(context.commands, ("back", f"all {rest}")), *others[: MAX_HINTS - 2], last)
    content = replace(content, hints=hints)
    return (
        _add_note(content, f"narrowed to: {truncate(words, _MAX_WORDS_LENGTH)}") if context.width >= _WIDE else content
    )


def _add_note(content: FooterContent, note: str) -> FooterContent:
    """A few words where no job has any to show."""
    return replace(content, job=JobStatus(text=note)) if content.job == JobStatus() else content
