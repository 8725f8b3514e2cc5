"""The footer of the reading screen: the keys that matter in a pane, changed by what the user is doing there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from importai_tui.issue import WORDS_A_MINUTE
from importai_tui.keymap import Command
from importai_tui.tui.look.literal import cut
from importai_tui.tui.reading.footer import MOST, Advice, Hint, hints_of
from importai_tui.tui.reading.job_status import Underway
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.reading.session import ReadingSession

if TYPE_CHECKING:
    from importai_tui.threads.threads import Ties

_NAMED = 24
"""Cells of the words that the user has typed: they leave room for three hints in a window of 80."""
_ROOMY = 60
"""Cells of a window with room for them beside the first hint."""
_ROOMY_FOR_REMAINING = 100
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
    ties: Ties | None = None
    match: str = ""
    looked_for: str = ""
    link_filter: str = ""


def footer_content(content: Advice, session: ReadingSession, context: FooterContext) -> Advice:
    """Return what the footer shows; `content` has the hints of the pane, the job that runs, and the warning."""
    content = _in_book(content, session)
    if session.is_catching_up and context.pane is not Pane.LINKS:
        content = _while_catching_up(content, context)
    if context.ties and context.pane is Pane.STORY and not content.underway.progress:
        content = replace(content, hints=with_ties(content.hints, context.ties, context.commands))
    content = _with_matches(content, context) if context.match else _narrowed(content, session, context)
    if content.underway.progress:
        content = replace(content, stop=next(iter(hints_of(context.commands, ("sync", "stop"))), None))
    return content


def with_ties(hints: tuple[Hint, ...], ties: Ties, commands: Sequence[Command]) -> tuple[Hint, ...]:
    """The hints with those for references among them; the weightiest come first and the last, help, stays."""
    earlier = (("thread.earlier", "refers to"),) if ties.refers_to else ()
    later = (("thread.later", "mentioned in"),) if ties.mentioned_in else ()
    tied = hints_of(commands, *earlier, *later)
    return (*(*hints[:2], *tied, *hints[2:-1])[: MOST - 1], *hints[-1:])


def format_remaining(stories: int, words: int, *, brief: bool = False) -> str:
    """What is left, in stories and in hours and minutes of reading; in brief the stories are a number alone."""
    if not stories:
        return "all caught up"
    hours, minutes = divmod(max(1, round(words / WORDS_A_MINUTE)), 60)
    time = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    noun = "" if brief else " story" if stories == 1 else " stories"
    return f"{stories:,}{noun} left, {time}"


def _in_book(content: Advice, session: ReadingSession) -> Advice:
    """In the book of tales: which tale it is; the next unread story is the next tale."""
    book, story = session.reading_list, session.story
    if not (book and book.is_book and story):
        return content
    hints = tuple(replace(h, words="next tale") if h.action == "next_unread" else h for h in content.hints)
    return _with_news(replace(content, hints=hints), f"tale {book.place_of(story.key)} of {len(book.heads)}")


def _while_catching_up(content: Advice, context: FooterContext) -> Advice:
    """What is left, and the key that ends catching up."""
    *others, last = content.hints
    first = [hint for hint in others if hint.action in _BEFORE_END_CATCH_UP]
    rest = [hint for hint in others if hint.action not in _BEFORE_END_CATCH_UP]
    hints = (*(*first, *hints_of(context.commands, _END_CATCH_UP), *rest)[: MOST - 1], last)
    content = replace(content, hints=hints)
    if not context.remaining:
        return content
    return _with_news(content, format_remaining(*context.remaining, brief=context.width < _ROOMY_FOR_REMAINING))


def _with_matches(content: Advice, context: FooterContext) -> Advice:
    """While matches are highlighted, the footer is about them; only a warning comes before."""
    named = cut(context.looked_for, _NAMED) if context.width >= _ROOMY else ""
    news = f"match {context.match}: {named}" if named else f"match {context.match}"
    return Advice(hints_of(context.commands, *_MATCH_HINTS), underway=Underway(news=news), trouble=content.trouble)


def _narrowed(content: Advice, session: ReadingSession, context: FooterContext) -> Advice:
    """In a narrowed list: the key that shows the rest of it, and the words that narrow it."""
    at_links = context.pane is Pane.LINKS
    words = context.link_filter if at_links else session.filter if context.pane is Pane.LIST else ""
    if not words:
        return content
    rest = "links" if at_links else "stories" if session.narrows_list else "issues"
    *others, last = (hint for hint in content.hints if hint.action != "back_out")
    hints = (*hints_of(context.commands, ("back", f"all {rest}")), *others[: MOST - 2], last)
    content = replace(content, hints=hints)
    return _with_news(content, f"narrowed to: {cut(words, _NAMED)}") if context.width >= _ROOMY else content


def _with_news(content: Advice, news: str) -> Advice:
    """A few words where no job has any to show."""
    return replace(content, underway=Underway(news=news)) if content.underway == Underway() else content
