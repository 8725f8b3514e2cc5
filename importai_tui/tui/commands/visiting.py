"""Commands that go back and forward through the stories visited. What is a visit is decided here: a preview is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.library.position import ScrollPosition, find_story
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.history import History, Stop, Visit

if TYPE_CHECKING:
    from importai_tui.tui.lists.visited_list import Visited


class Visiting(Commands):
    """Remembers the way, and goes along it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._name = "guide-history" if desk.guide else "history"
        self._way: History | None = None
        self._written = ""

    @property
    def history(self) -> History:
        """The way so far, also that of the last run."""
        if self._way is None:
            self._written = self.desk.library.state.recall(self._name) or ""
            self._way = History.read(self._written)
        return self._way

    def attended(self) -> None:
        """From here on the story is visited."""
        self._come()

    def leaving(self) -> None:
        """Where one was in the story belongs to the way."""
        self._leave_spot()

    def laid_open(self) -> None:
        """A story that is laid open is visited."""
        self._come()

    def place_kept(self) -> None:
        """Writes the way down as well."""
        written = self.history.written()
        if written != self._written:
            self.desk.remember(self._name, written)
            self._written = "" if self.desk.trouble else written

    def action_visit(self, step: int) -> None:
        """Back to the story before, where one was in it, or forward again."""
        self._leave_spot()
        stop = self.history.turn(step, self.desk.story.key if self.desk.story else "", self._is_there)
        if stop:
            self._return(stop.key, stop.ref, stop.spot)
        else:
            self.desk.say("There is no story to go back to." if step < 0 else "There is no story to go forward to.")

    def action_visited(self) -> None:
        """A list of all stories visited, to choose one from."""
        self.converse(self._choose)

    async def _choose(self) -> None:
        from importai_tui.tui.lists.visited_list import VisitedList

        rows = [row for visit in self.history.visited if (row := self._row(visit))]
        if not rows:
            self.desk.say("No story was visited yet.")
            return
        today, here = self.desk.reader.today().astimezone().date(), self.desk.story.key if self.desk.story else ""
        if chosen := await self.ask(VisitedList(rows, today, here, self._tell_keys)):
            self._return(chosen.key, chosen.ref, None)

    def _tell_keys(self) -> None:
        from importai_tui.tui.dialogs.help import Help

        self.desk.app.push_screen(Help("Among stories visited"))

    def _come(self) -> None:
        issue, story = self.desk.issue, self.desk.story
        if issue and story and not self.desk.preview:
            present = self.history.present
            if present is None or present.key != story.key:
                self.history.come(story.key, f"{issue.ref}/{story.position}", self.desk.reader.today())

    def _leave_spot(self) -> None:
        if self.desk.story:
            self.history.leave(self.desk.story.key, self.desk.story_view.spot)

    def _is_there(self, stop: Stop) -> bool:
        return find_story(self.desk.library, stop.key, stop.ref) is not None

    def _return(self, key: str, ref: str, spot: ScrollPosition | None) -> None:
        found = find_story(self.desk.library, key, ref)
        issue = self.desk.read_issue(found[0]) if found else None
        if issue and found:
            now = issue.stories[found[1] - 1].key
            if now != key:
                self.history.rename(key, now)
            self.desk.open_story(*found, spot=spot)
            self.desk.go_to(Pane.STORY)

    def _row(self, visit: Visit) -> Visited | None:
        from importai_tui.tui.lists.visited_list import Visited

        headline = self.desk.library.archive.headline_of(visit.key)
        if headline is None and (found := find_story(self.desk.library, visit.key, visit.ref)):
            headline = self.desk.library.story(*found).headline
        return Visited(visit.key, visit.ref, visit.when.astimezone().date(), headline) if headline else None
