"""Commands that follow references: to the story that is meant, to those that mention this one, along the thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from importai_tui.errors import ReaderError
from importai_tui.issue import Link
from importai_tui.library.position import find_story
from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import MOST, Advice, Hint, hints_of

if TYPE_CHECKING:
    from importai_tui.archive.connections import StoryPlace
    from importai_tui.keymap import Command
    from importai_tui.threads.related import Related
    from importai_tui.threads.threads import Reference, Ties
    from importai_tui.tui.lists.thread_lines import Tie
    from importai_tui.works.work import Work

REST = 0.15
"""Seconds that a story lies open before its references are looked for: one that is passed over needs none."""
_NOT_SAID = "Which of its stories is meant is not said."

Then = Callable[["Ties"], object]


class Referring(Commands):
    """Following references."""

    class Found(Message):
        """Something comes from the thread that looks for what a story is tied to."""

        def __init__(self, show: Callable[[], object]) -> None:
            super().__init__()
            self.show = show

    def __init__(self, desk: Desk, browser: Browser) -> None:
        super().__init__(desk)
        self._browser = browser
        self._ties: Ties | None = None
        """What the open story is tied to; None while that is not known."""
        self._rest: Timer | None = None
        self._story_count: int | None = None
        self._counted_of: int | None = None
        """The archive's version of which that is the count of stories: they are not counted for each story anew."""

    def action_refers_to(self) -> None:
        """To the story that this one refers to; asks which, where there are several."""
        self._when_known(lambda ties: self._offer(ties.refers_to, later=False))

    def action_mentioned_in(self) -> None:
        """To the story that mentions this one later; asks which, where there are several."""
        self._when_known(lambda ties: self._offer(ties.mentioned_in, later=True))

    def action_thread(self) -> None:
        """The thread on a time line."""
        self.converse(self._show_thread)

    async def _show_thread(self) -> None:
        from importai_tui.tui.lists.thread_lines import issue_name
        from importai_tui.tui.threads.view import ThreadScreen

        self.desk.land()
        if not self.desk.story:
            self.desk.say("No story is open.")
            return
        screen = ThreadScreen(self.desk.library.archive.path, self.desk.story.key, self.desk.library.state.read_keys())
        if not (chosen := await self.ask(screen)):
            return
        if chosen.story:
            self._go_to_story(chosen.story)
        elif chosen.issue:
            self._go_to_issue(chosen.issue.ref)
        else:
            await self._instead(issue_name(chosen), chosen.number, chosen.url)

    def follow(self, link: Link) -> None:
        """Leads where a link to an issue does: to the issue, if it is here, else to the browser."""
        self._when_known(lambda ties: self._follow_link(link, ties))

    def go(self, row: Tie | Related) -> None:
        """To a story beneath the links."""
        from importai_tui.tui.lists.thread_lines import Tie

        if isinstance(row, Tie):
            self.converse(partial(self._went, row))
        else:
            self._go_to_story(row.story)

    def laid_open(self) -> None:
        """Its references are looked for."""
        self._forget()

    def shelf_loaded(self) -> None:
        """What has come in may be what is referred to."""
        self._forget()

    def advised(self, advice: Advice) -> Advice:
        """Says by which key one follows the story's references, where it has any."""
        if self.desk.pane is Pane.STORY and self._ties and not advice.underway.progress:
            return replace(advice, hints=with_ties(advice.hints, self._ties, self.desk.commands))
        return advice

    def _forget(self) -> None:
        self._ties = None
        if self._rest:
            self._rest.stop()
        if self.desk.story:
            self._rest = self.desk.set_timer(REST, lambda: self._when_known(lambda _: None))

    def _when_known(self, then: Then) -> None:
        self.desk.land()
        if self._ties is not None:
            then(self._ties)
        elif self.desk.story:
            if self._rest:
                self._rest.stop()  # it would look anew in place of this, and `then` would never come
            if (version := self.desk.library.archive.version()) != self._counted_of:
                self._story_count, self._counted_of = None, version
            works = [link.work for link in self.desk.story.links if link.work]
            self.run_beside(partial(self._look, self.desk.story.key, works, then), group="threads")
        else:
            self.desk.say("No story is open.")

    def _look(self, key: str, works: Sequence[str], then: Then) -> None:
        from importai_tui.archive.works import CitedWorks
        from importai_tui.threads.threads import Threads

        worker, archive = get_current_worker(), self.desk.library.archive.path
        counted_of, story_count = self._counted_of, self._story_count

        def tell(show: Callable[..., object], *found: object) -> None:
            # Posted, never waited for: an app that is closing calls nobody any more.
            if not worker.is_cancelled:
                self.desk.post_message(self.Found(partial(show, *found)))

        try:
            with Threads(archive, story_count) as threads, CitedWorks(archive) as cited:
                if story_count is None:
                    tell(self._stories_counted, counted_of, threads.story_count)
                ties = threads.ties(key)
                tell(self._known, key, ties, then)
                tell(self._cited, key, cited.of(works))
                place = None if worker.is_cancelled else threads.place(key)
                if place:
                    tell(self._near, key, threads.related(place, without=ties.stories))
        except ReaderError as error:
            tell(self.desk.say, str(error))

    def _stories_counted(self, of: int | None, story_count: int) -> None:
        if of == self._counted_of:
            self._story_count = story_count

    def _known(self, key: str, ties: Ties, then: Then) -> None:
        if self.desk.story and self.desk.story.key == key:
            self._ties = ties
            self.desk.link_list.show_ties(ties)
            self.desk.tell_footer()
            then(ties)

    def _cited(self, key: str, works: Mapping[str, Work]) -> None:
        if self.desk.story and self.desk.story.key == key:
            self.desk.link_list.show_works(works)

    def _near(self, key: str, related: Sequence[Related]) -> None:
        if self.desk.story and self.desk.story.key == key:
            self.desk.link_list.show_related(related, self.desk.library.state.read_keys())

    def _offer(self, references: Sequence[Reference], *, later: bool) -> None:
        self.converse(partial(self._choose, references, later=later))

    async def _choose(self, references: Sequence[Reference], *, later: bool) -> None:
        from importai_tui.tui.lists.thread_lines import Tie, heading_of
        from importai_tui.tui.threads.reference_list import ChooseTie

        ties = [Tie(reference, later) for reference in references]
        if len(ties) == 1:
            await self._went(ties[0])
        elif ties:
            question = heading_of("Later mentioned in" if later else "This story refers to", len(ties))
            if chosen := await self.ask(ChooseTie(question, ties)):
                await self._went(chosen)
        else:
            self.desk.say(
                "No later story mentions this one." if later else "This story refers to no other issue.", seconds=3
            )

    async def _went(self, tie: Tie) -> None:
        from importai_tui.tui.lists.thread_lines import issue_name

        if tie.story:
            self._go_to_story(tie.story)
        elif tie.reference.issue:
            self._go_to_issue(tie.reference.issue.ref)
        else:
            await self._instead(issue_name(tie.reference), tie.reference.number, tie.reference.url)

    async def _instead(self, issue: str, number: int | None, url: str | None) -> None:
        from importai_tui.tui.threads.reference_list import AskInstead, Instead

        match await self.ask(AskInstead(issue, known=number is not None, page=url is not None)):
            case Instead.ISSUE if number is not None:
                self.desk.reader.backstage.sync_also({number})
            case Instead.ALL:
                self.desk.reader.backstage.sync_all()
            case Instead.BROWSE if url:
                self._browser.hand_over([url])
            case _:
                pass

    def _go_to_story(self, story: StoryPlace) -> None:
        place = find_story(self.desk.library, story.key, story.ref)
        if place is None:
            self.desk.say("This story is no longer in the archive.")
            return
        self.desk.open_story(*place)
        self.desk.go_to(Pane.STORY)

    def _go_to_issue(self, ref: str) -> None:
        self.desk.open_issue(ref)
        self.desk.go_to(Pane.STORY)
        self.desk.say(_NOT_SAID)

    def _follow_link(self, link: Link, ties: Ties) -> None:
        reference = next((x for x in ties.refers_to if _is_of(x, link)), None)
        if reference and reference.issue:
            self.converse(partial(self._choose, [reference], later=False))
        else:
            self._browser.open([link])


def with_ties(hints: tuple[Hint, ...], ties: Ties, commands: Sequence[Command]) -> tuple[Hint, ...]:
    """The hints with those for references among them; the weightiest come first and the last, help, stays."""
    earlier = (("thread.earlier", "refers to"),) if ties.refers_to else ()
    later = (("thread.later", "mentioned in"),) if ties.mentioned_in else ()
    tied = hints_of(commands, *earlier, *later)
    return (*(*hints[:2], *tied, *hints[2:-1])[: MOST - 1], *hints[-1:])


def _is_of(reference: Reference, link: Link) -> bool:
    return reference.url == link.url
