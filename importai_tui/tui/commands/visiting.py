"""Commands that go back and forward through the stories visited. What is a visit is decided here: a preview is none."""

from __future__ import annotations

from textual import work

from importai_tui.issue import Issue
from importai_tui.tui.desk import Desk
from importai_tui.tui.fold import Pane
from importai_tui.tui.history import History, Stop, Visit
from importai_tui.tui.place import found_again
from importai_tui.tui.story_view import Spot
from importai_tui.tui.visited_list import Visited, VisitedList


class Visiting(Desk):
    """Remembers the way, and goes along it."""

    _way: History | None = None
    _written = ""

    @property
    def history(self) -> History:
        """The way so far, also that of the last run."""
        if self._way is None:
            self._written = self.library.recall(self._history_name) or ""
            self._way = History.read(self._written)
        return self._way

    def attend(self) -> None:
        """The reader has turned to a story: from here on it is visited."""
        super().attend()
        self._come()

    def keep_place(self) -> None:
        """Writes the way down as well."""
        super().keep_place()
        written = self.history.written()
        if written != self._written:
            self.remember(self._history_name, written)
            self._written = "" if self.trouble else written

    def action_visit(self, step: int) -> None:
        """Back to the story before, where one was in it, or forward again."""
        self._leave_spot()
        stop = self.history.turn(step, self.story.key if self.story else "", self._is_there)
        if stop:
            self._return(stop.key, stop.ref, stop.spot)
        else:
            self.say("There is no story to go back to." if step < 0 else "There is no story to go forward to.")

    @work(exclusive=True, group="dialog")
    async def action_visited(self) -> None:
        """A list of all stories visited, to choose one from."""
        rows = [row for visit in self.history.visited if (row := self._row(visit))]
        if not rows:
            self.say("No story was visited yet.")
            return
        today, here = self.reader.today().astimezone().date(), self.story.key if self.story else ""
        if chosen := await self.app.push_screen_wait(VisitedList(rows, today, here)):
            self._return(chosen.key, chosen.ref, None)

    @property
    def _history_name(self) -> str:
        return "guide-history" if self.guide else "history"

    def _lay_open(self, issue: Issue, position: int, *, spot: Spot | None = None, preview: bool = False) -> None:
        self._leave_spot()
        super()._lay_open(issue, position, spot=spot, preview=preview)
        if not preview:
            self._come()

    def _come(self) -> None:
        if self.issue and self.story and not self.preview:
            present = self.history.present
            if present is None or present.key != self.story.key:
                self.history.come(self.story.key, f"{self.issue.ref}/{self.story.position}", self.reader.today())

    def _leave_spot(self) -> None:
        if self.story:
            self.history.leave(self.story.key, self.story_view.spot)

    def _is_there(self, stop: Stop) -> bool:
        return found_again(self.library, stop.key, stop.ref) is not None

    def _return(self, key: str, ref: str, spot: Spot | None) -> None:
        found = found_again(self.library, key, ref)
        issue = self.read_issue(found[0]) if found else None
        if issue and found:
            now = issue.stories[found[1] - 1].key
            if now != key:
                self.history.rename(key, now)
            self.open_story(*found, spot=spot)
            self.go_to(Pane.STORY)

    def _row(self, visit: Visit) -> Visited | None:
        headline = self.library.headline(visit.key)
        if headline is None and (found := found_again(self.library, visit.key, visit.ref)):
            headline = self.library.story(*found).headline
        return Visited(visit.key, visit.ref, visit.when.astimezone().date(), headline) if headline else None
