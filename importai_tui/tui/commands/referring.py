"""Commands that follow references: to the story that is meant, to those that mention this one, along the thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from textual import work
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from importai_tui.archive.works import CitedWorks
from importai_tui.errors import ReaderError
from importai_tui.issue import Issue, Link, LinkKind
from importai_tui.threads import Reference, Related, StoryPlace, Threads, Ties
from importai_tui.tui.citing import Citing
from importai_tui.tui.fold import Pane
from importai_tui.tui.hints import MOST, Hint
from importai_tui.tui.link_list import LinkList
from importai_tui.tui.place import found_again
from importai_tui.tui.reference_list import AskInstead, ChooseTie, Instead
from importai_tui.tui.story_view import Spot
from importai_tui.tui.thread_lines import Tie, heading_of, issue_name
from importai_tui.tui.thread_view import ThreadScreen
from importai_tui.works.work import Work

REST = 0.1
"""Seconds that a story lies open before its references are looked for: one that is passed over needs none."""
_NOT_SAID = "Which of its stories is meant is not said."

Then = Callable[[Ties], object]


class Referring(Citing):
    """Following references."""

    class Found(Message):
        """Something comes from the thread that looks for what a story is tied to."""

        def __init__(self, show: Callable[[], object]) -> None:
            super().__init__()
            self.show = show

    _ties: Ties | None = None
    """What the open story is tied to; None while that is not known."""
    _rest: Timer | None = None

    def action_refers_to(self) -> None:
        """To the story that this one refers to; asks which, where there are several."""
        self._when_known(lambda ties: self._walk([Tie(x, later=False) for x in ties.refers_to]))

    def action_mentioned_in(self) -> None:
        """To the story that mentions this one later; asks which, where there are several."""
        self._when_known(lambda ties: self._walk([Tie(x, later=True) for x in ties.mentioned_in], later=True))

    @work(exclusive=True, group="dialog")
    async def action_thread(self) -> None:
        """The thread on a time line."""
        self.land()
        if not self.story:
            self.say("No story is open.")
            return
        screen = ThreadScreen(self.library.archive_path, self.story.key, self.library.read_keys())
        if not (chosen := await self.app.push_screen_wait(screen)):
            return
        if chosen.story:
            self._go_to_story(chosen.story)
        elif chosen.issue:
            self._go_to_issue(chosen.issue.ref)
        else:
            await self._instead(issue_name(chosen), chosen.number, chosen.url)

    def action_open_link(self, number: int) -> None:
        """A link to an issue that is here leads there; any other one to the browser."""
        self.land()
        link = next((link for link in self.story.links if link.n == number), None) if self.story else None
        if link and link.kind is LinkKind.ISSUE:
            self._when_known(lambda ties: self._follow_link(link, ties))
        else:
            super().action_open_link(number)

    def on_link_list_story_chosen(self, message: LinkList.StoryChosen) -> None:
        """Enter or a click on a story beneath the links."""
        if isinstance(message.row, Tie):
            self._go(message.row)
        else:
            self._go_to_story(message.row.story)

    def _lay_open(self, issue: Issue, position: int, *, spot: Spot | None = None, preview: bool = False) -> None:
        super()._lay_open(issue, position, spot=spot, preview=preview)
        self._forget()

    def load_shelf(self) -> None:
        """What has come in may be what is referred to."""
        super().load_shelf()
        self._forget()

    def tell_footer(self) -> None:
        """Says by which key one follows the story's references, where it has any."""
        super().tell_footer()
        advice = self.footer.advice
        if self.pane is Pane.STORY and self._ties and not advice.underway.progress:
            self.footer.advice = replace(advice, hints=with_ties(advice.hints, self._ties))

    def _forget(self) -> None:
        self._ties = None
        if self._rest:
            self._rest.stop()
        if self.story:
            self._rest = self.set_timer(REST, lambda: self._when_known(lambda _: None))

    def _when_known(self, then: Then) -> None:
        self.land()
        if self._ties is not None:
            then(self._ties)
        elif self.story:
            if self._rest:
                self._rest.stop()  # it would look anew in place of this, and `then` would never come
            self._look(self.story.key, [link.work for link in self.story.links if link.work], then)
        else:
            self.say("No story is open.")

    @work(thread=True, group="threads", exclusive=True)
    def _look(self, key: str, works: Sequence[str], then: Then) -> None:
        worker = get_current_worker()

        def tell(show: Callable[..., object], *found: object) -> None:
            # Posted, never waited for: an app that is closing calls nobody any more.
            if not worker.is_cancelled:
                self.post_message(self.Found(partial(show, *found)))

        try:
            with Threads(self.library.archive_path) as threads, CitedWorks(self.library.archive_path) as cited:
                ties = threads.ties(key)
                tell(self._known, key, ties, then)
                tell(self._cited, key, cited.of(works))
                place = None if worker.is_cancelled else threads.place(key)
                if place:
                    tell(self._near, key, threads.related(place, without=ties.stories))
        except ReaderError as error:
            tell(self.say, str(error))

    def on_referring_found(self, message: Found) -> None:
        """Shows it."""
        if self.has_panes:
            message.show()

    def _known(self, key: str, ties: Ties, then: Then) -> None:
        if self.story and self.story.key == key:
            self._ties = ties
            self.link_list.show_ties(ties)
            self.tell_footer()
            then(ties)

    def _cited(self, key: str, works: Mapping[str, Work]) -> None:
        if self.story and self.story.key == key:
            self.link_list.show_works(works)

    def _near(self, key: str, related: Sequence[Related]) -> None:
        if self.story and self.story.key == key:
            self.link_list.show_related(related, self.library.read_keys())

    @work(exclusive=True, group="dialog")
    async def _walk(self, ties: list[Tie], *, later: bool = False) -> None:
        if len(ties) == 1:
            await self._went(ties[0])
        elif ties:
            question = heading_of("Later mentioned in" if later else "This story refers to", len(ties))
            if chosen := await self.app.push_screen_wait(ChooseTie(question, ties)):
                await self._went(chosen)
        else:
            self.say(
                "No later story mentions this one." if later else "This story refers to no other issue.", seconds=3
            )

    @work(exclusive=True, group="dialog")
    async def _go(self, tie: Tie) -> None:
        await self._went(tie)

    async def _went(self, tie: Tie) -> None:
        if tie.story:
            self._go_to_story(tie.story)
        elif tie.reference.issue:
            self._go_to_issue(tie.reference.issue.ref)
        else:
            await self._instead(issue_name(tie.reference), tie.reference.number, tie.reference.url)

    async def _instead(self, issue: str, number: int | None, url: str | None) -> None:
        match await self.app.push_screen_wait(AskInstead(issue, known=number is not None, page=url is not None)):
            case Instead.ISSUE if number is not None:
                self.reader.backstage.sync_also({number})
            case Instead.ALL:
                self.reader.backstage.sync_all()
            case Instead.BROWSE if url:
                self.hand_over([url])
            case _:
                pass

    def _go_to_story(self, story: StoryPlace) -> None:
        place = found_again(self.library, story.key, story.ref)
        if place is None:
            self.say("This story is no longer in the archive.")
            return
        self.open_story(*place)
        self.go_to(Pane.STORY)

    def _go_to_issue(self, ref: str) -> None:
        self.open_issue(ref)
        self.go_to(Pane.STORY)
        self.say(_NOT_SAID)

    def _follow_link(self, link: Link, ties: Ties) -> None:
        reference = next((x for x in ties.refers_to if _is_of(x, link)), None)
        if reference and reference.issue:
            self._go(Tie(reference, later=False))
        else:
            super().action_open_link(link.n)


def with_ties(hints: tuple[Hint, ...], ties: Ties) -> tuple[Hint, ...]:
    """The hints with those for references among them; the weightiest come first and the last, help, stays."""
    earlier = (Hint("x", "refers to", "refers_to"),) if ties.refers_to else ()
    later = (Hint("X", "mentioned in", "mentioned_in"),) if ties.mentioned_in else ()
    return (*(*hints[:2], *earlier, *later, *hints[2:-1])[: MOST - 1], *hints[-1:])


def _is_of(reference: Reference, link: Link) -> bool:
    return reference.url == link.url
