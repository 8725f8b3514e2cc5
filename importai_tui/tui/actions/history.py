"""Actions that go back and forward through the stories visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importai_tui.library.position import ScrollPosition, find_story
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.history import Visit
from importai_tui.tui.reading.layout import Pane

if TYPE_CHECKING:
    from importai_tui.tui.lists.visited_list import Visited


class HistoryActions(ActionGroup):
    """Goes back and forward through the stories visited."""

    def action_visit(self, step: int) -> None:
        """Back to the story before, where one was in it, or forward again."""
        self.session.leave_spot(self.screen.story_view.spot)
        if stop := self.session.go_back_or_forward(step):
            self._return(stop.key, stop.ref, stop.spot)
        else:
            self.screen.say("There is no story to go back to." if step < 0 else "There is no story to go forward to.")

    def action_visited(self) -> None:
        """A list of all stories visited, to choose one from."""
        self.run_dialog(self._choose)

    async def _choose(self) -> None:
        from importai_tui.tui.lists.visited_list import VisitedList

        rows = [row for visit in self.session.history.visited if (row := self._row(visit))]
        if not rows:
            self.screen.say("No story was visited yet.")
            return
        today, here = (
            self.screen.services.today().astimezone().date(),
            self.session.story.key if self.session.story else "",
        )
        if chosen := await self.ask(VisitedList(rows, today, here, self._tell_keys)):
            self._return(chosen.key, chosen.ref, None)

    def _tell_keys(self) -> None:
        from importai_tui.tui.dialogs.help import Help

        self.screen.app.push_screen(Help("Among stories visited"))

    def _return(self, key: str, ref: str, spot: ScrollPosition | None) -> None:
        found = find_story(self.session.library, key, ref)
        issue = self.screen.read_issue(found[0]) if found else None
        if issue and found:
            now = issue.stories[found[1] - 1].key
            if now != key:
                self.session.rename_visit(key, now)
            self.screen.open_story(*found, spot=spot)
            self.screen.go_to(Pane.STORY)

    def _row(self, visit: Visit) -> Visited | None:
        from importai_tui.tui.lists.visited_list import Visited

        headline = self.session.library.archive.headline_of(visit.key)
        if headline is None and (found := find_story(self.session.library, visit.key, visit.ref)):
            headline = self.session.library.story(*found).headline
        return Visited(visit.key, visit.ref, visit.when.astimezone().date(), headline) if headline else None
