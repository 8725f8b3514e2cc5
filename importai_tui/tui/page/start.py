"""What is opened when nobody has pointed at a story: at the start of a run, and once an empty archive fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.tui.look.literal import literal
from importai_tui.tui.page.shelf import Shelf

if TYPE_CHECKING:
    from importai_tui.tui.page.desk import Desk

_EMPTY = (
    "No issues yet.\n\nPress S for the newest ones, B for all ten years of them.\n\n"
    "Those that you have as files, one or a whole folder, come in with\n\n"
    "    importai-tui import PATH\n\nPress ctrl+g for the guide, ? for the keys, q to leave."
)


def open_at_start(desk: Desk, ref: str | None) -> None:
    """Opens the given reference, else where the reader left off, else the first unread story."""
    if ref is not None:
        try:
            issue, position = desk.library.resolve(ref)
        except ReaderError as error:
            desk.say(str(error))
        else:
            desk.open_issue(issue) if position is None else desk.open_story(issue, position)
            return
    if place := desk.bookmark.recalled:
        desk.open_story(place.issue, place.position, spot=place.scroll)
    else:
        open_first(desk)


def open_first(desk: Desk, *, preview: bool = False) -> None:
    """Shows the first unread story, else the newest."""
    if found := desk.library.next_unread(None):
        desk.open_story(*found, preview=preview)
    elif newest := next((head for head in desk.shelf.heads if head.stories), None):
        desk.open_story(newest.ref, 1, preview=preview)
    else:
        _show_nothing(desk)


def _show_nothing(desk: Desk) -> None:
    """What an empty archive looks like."""
    desk.issue = desk.story = None
    desk.stories = ()
    desk.shelf = Shelf([])
    desk.story_list.show_issues([])
    desk.link_list.show_links((), {}, "")
    desk.story_view.show_message(literal(_EMPTY))
    desk.tell()
