"""The command that catches up: the unread stories from the oldest on, with what is left in stories and minutes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import partial
from pathlib import Path

from importai_tui.archive.lengths import words_of_stories
from importai_tui.errors import DatabaseTrouble
from importai_tui.issue import WORDS_A_MINUTE
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import MOST, Advice, Hint
from importai_tui.tui.page.underway import Underway

_SETTING = "catching-up"
"""What says, over a restart, that the reader is catching up."""
_END = Hint("c", "end catch-up", "catch_up")


class CatchingUp(Commands):
    """Catching up. It lasts until it is ended, also over a restart."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._left: tuple[int, int] | None = None
        """Unread stories and their words; None until they were counted."""
        self._counted: object = None

    def begin(self) -> None:
        """Goes on where the reader was catching up."""
        self.desk.oldest_first = self.desk.library.recall(_SETTING) == "on"

    def action_catch_up(self) -> None:
        """Begins with the oldest unread story; again: ends it."""
        if self.desk.oldest_first:
            self._turn(False)
            self.desk.say("The next unread story is the newest again.", seconds=3)
            return
        found = self.desk.library.next_unread(None, oldest_first=True)
        if found is None:
            self.desk.say("Everything is read.")
            return
        self.desk.walk = None
        self._turn(True)
        self.desk.open_story(*found)
        self.desk.go_to(Pane.STORY)

    def stepped_out(self) -> bool:
        """From catching up to reading as one likes; the story stays open."""
        if not (self.desk.oldest_first and self.desk.pane is Pane.STORY):
            return False
        self._turn(False)
        self.desk.say("Catching up has ended; c goes on with it.", seconds=3)
        return True

    def laid_open(self) -> None:
        """Another story, and less is left."""
        self._count_what_is_left()

    def ticked(self) -> None:
        """Marks may come from anywhere."""
        self._count_what_is_left()

    def advised(self, advice: Advice) -> Advice:
        """What is left, and the key that ends it."""
        if not self.desk.oldest_first or self.desk.pane is Pane.LINKS:
            return advice
        *others, last = advice.hints
        hints = (*others[: MOST - 2], _END, last)
        underway = advice.underway
        if self._left and underway == Underway():
            underway = Underway(news=left_told(*self._left))
        return replace(advice, hints=hints, underway=underway)

    def _turn(self, on: bool) -> None:
        self.desk.oldest_first = on
        self.desk.remember(_SETTING, "on" if on else "")
        self._counted = None
        self._count_what_is_left()
        self.desk.tell()

    def _count_what_is_left(self) -> None:
        """Counts in another thread, if one is catching up and anything has changed."""
        desk = self.desk
        now = (desk.library.archive_version(), desk.shelf.unread)
        if not desk.oldest_first or now == self._counted:
            return
        self._counted = now
        count = partial(self._count, desk.library.archive_path, desk.library.marks({"read"}))
        self.run_beside(count, group="left", exit_on_error=False)

    def _count(self, archive: Path, marks: Mapping[str, Set[str]]) -> None:
        try:
            words = words_of_stories(archive)
        except DatabaseTrouble:
            return  # one catches up without figures; they are asked for again when something has changed
        unread = [words[key] for key in words.keys() - marks["read"]]
        self.in_the_app(self._show, (len(unread), sum(unread)))

    def _show(self, left: tuple[int, int]) -> None:
        self._left = left
        if self.desk.has_panes:
            self.desk.tell_footer()


def left_told(stories: int, words: int) -> str:
    """What is left, in stories and in hours and minutes of reading."""
    if not stories:
        return "all caught up"
    hours, minutes = divmod(max(1, round(words / WORDS_A_MINUTE)), 60)
    time = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return f"{stories:,} {'story' if stories == 1 else 'stories'} left, {time}"
