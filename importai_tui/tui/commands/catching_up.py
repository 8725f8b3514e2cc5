"""The command that catches up: the unread stories from the oldest on, with what is left in stories and minutes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from functools import partial
from pathlib import Path

from importai_tui.errors import DatabaseTrouble
from importai_tui.issue import WORDS_A_MINUTE
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.filtering import Filtering
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import MOST, Advice, first_key, hints_of
from importai_tui.tui.page.underway import Underway

_SETTING = "catching-up"
"""What says, over a restart, that the reader is catching up."""
_END = ("catch_up", "end catch-up")
_FIRST = ("read_on", "open_here", "choose")
"""What matters more here than how it ends: to read on, and what the story cites."""
_ROOMY = 100
"""Cells of a window that has room to say what it is that is left."""


class CatchingUp(Commands):
    """Catching up. It lasts until it is ended, also over a restart."""

    def __init__(self, desk: Desk, filtering: Filtering) -> None:
        super().__init__(desk)
        self._filtering = filtering
        self._left: tuple[int, int] | None = None
        """Unread stories and their words; None until they were counted."""
        self._counted: object = None
        self._told_at = 0
        """Cells of the window for which the footer was made."""

    def begin(self) -> None:
        """Goes on where the reader was catching up."""
        self.desk.oldest_first = self.desk.library.state.recall(_SETTING) == "on"

    def action_catch_up(self) -> None:
        """Begins with the oldest unread story, or from a walk goes on with it; again: ends it."""
        if self._leads:
            self._turn(False)
            self.desk.say("The next unread story is the newest again.", seconds=3)
            return
        found = self.desk.library.next_unread(None, oldest_first=True)
        if found is None:
            self.desk.say("Everything is read.")
            return
        self._filtering.put_away()
        self.desk.walk = None
        self._turn(True)
        self.desk.open_story(*found)
        self.desk.go_to(Pane.STORY)

    def stepped_out(self) -> bool:
        """From catching up to reading as one likes: out of the whole list, so after zen and the story."""
        if not self._leads or self.desk.pane is not Pane.LIST or self.desk.sieve:
            return False
        self._turn(False)
        key = first_key(self.desk.commands, "catch_up")
        self.desk.say(f"Catching up has ended{f'; {key} goes on with it' if key else ''}.", seconds=3)
        return True

    def told(self) -> None:
        """Another story, or another mark, and less is left."""
        self._count_what_is_left()

    def ticked(self) -> None:
        """Marks may come from anywhere, and the window may have another width."""
        self._count_what_is_left()
        if self._leads and self._told_at != self.desk.app.size.width:
            self.desk.tell_footer()

    def advised(self, advice: Advice) -> Advice:
        """What is left, and the key that ends it."""
        self._told_at = self.desk.app.size.width
        if not self._leads or self.desk.pane is Pane.LINKS:
            return advice
        *others, last = advice.hints
        first = [hint for hint in others if hint.action in _FIRST]
        rest = [hint for hint in others if hint.action not in _FIRST]
        hints = (*(*first, *hints_of(self.desk.commands, _END), *rest)[: MOST - 1], last)
        underway = advice.underway
        if self._left and underway == Underway():
            underway = Underway(news=left_told(*self._left, brief=self._told_at < _ROOMY))
        return replace(advice, hints=hints, underway=underway)

    @property
    def _leads(self) -> bool:
        """Whether catching up says what comes next; on a walk the walk does, and catching up waits."""
        return self.desk.oldest_first and self.desk.walk is None

    def _turn(self, on: bool) -> None:
        self.desk.oldest_first = on
        self.desk.remember(_SETTING, "on" if on else "")
        self._counted = None
        self._count_what_is_left()
        self.desk.tell()

    def _count_what_is_left(self) -> None:
        """Counts in another thread, if one is catching up and anything has changed."""
        desk = self.desk
        now = (desk.library.archive.version(), desk.shelf.unread)
        if not desk.oldest_first or now == self._counted:
            return
        self._counted = now
        count = partial(self._count, desk.library.archive.path, desk.library.state.marks({"read"}))
        self.run_beside(count, group="left", exit_on_error=False)

    def _count(self, archive: Path, marks: Mapping[str, Set[str]]) -> None:
        from importai_tui.archive.lengths import words_of_stories

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


def left_told(stories: int, words: int, *, brief: bool = False) -> str:
    """What is left, in stories and in hours and minutes of reading; in brief the stories are a number alone."""
    if not stories:
        return "all caught up"
    hours, minutes = divmod(max(1, round(words / WORDS_A_MINUTE)), 60)
    time = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    called = "" if brief else " story" if stories == 1 else " stories"
    return f"{stories:,}{called} left, {time}"
