"""Finds the open story's references, later mentions, cited works and related stories, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import get_current_worker

from importai_tui.errors import ReaderError
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.threads import ThreadRunner
from importai_tui.tui.widgets.link_list import LinkList

if TYPE_CHECKING:
    from importai_tui.threads.related import RelatedStory
    from importai_tui.threads.threads import StoryReferences
    from importai_tui.works.work import Work

LOOKUP_DELAY = 0.15
"""Seconds for which a story is open before its references are looked up, so that leafing looks up none."""
RELATED_DELAY = 1.0
"""Seconds from then on before related stories are looked up, which takes ten times as long."""


class ReferenceFinder:
    """Looks up the references of the open story and shows them beneath the links."""

    class Found(Message):
        """A result of the thread; the screen's handler calls `show`."""

        def __init__(self, show: Callable[[], object]) -> None:
            super().__init__()
            self.show = show

    def __init__(
        self,
        screen: Screen[None],
        session: ReadingSession,
        threads: ThreadRunner,
        link_list: LinkList,
        *,
        notify: Callable[..., None],
        on_found: Callable[[], object],
    ) -> None:
        """Show what is found in `link_list`; `on_found` is called when the references are known."""
        self._screen = screen
        self._session = session
        self._threads = threads
        self._link_list = link_list
        self._notify = notify
        self._on_found = on_found
        self.references: StoryReferences | None = None
        """The references of the open story; None until they are found."""
        self._delay_timer: Timer | None = None
        self._related_timer: Timer | None = None
        self._has_related = False
        self._story_count: int | None = None
        self._counted_version: int | None = None
        """The archive's version at which `_story_count` was counted; it is counted once for each version."""

    def restart(self) -> None:
        """Look the references up again after a short delay, because the story or the archive has changed."""
        self.references, self._has_related = None, False
        for timer in (self._delay_timer, self._related_timer):
            if timer:
                timer.stop()
        if self._session.story:
            self._delay_timer = self._screen.set_timer(LOOKUP_DELAY, lambda: self.call_when_found(lambda _: None))

    def call_when_found(self, callback: Callable[[StoryReferences], object]) -> None:
        """Call `callback` with the references of the open story, now or when they are found."""
        story, library = self._session.story, self._session.library
        if self.references is not None:
            callback(self.references)
        elif story:
            if self._delay_timer:
                self._delay_timer.stop()  # its lookup would cancel this one, and `callback` would never be called
            if (version := library.archive.get_data_version()) != self._counted_version:
                self._story_count, self._counted_version = None, version
            self._threads.run(partial(self._find, story.key, callback), group="threads")
        else:
            self._notify("No story is open")

    def _find(self, key: str, callback: Callable[[StoryReferences], object]) -> None:
        from importai_tui.archive.relations import CitedWorks
        from importai_tui.threads.threads import Threads

        worker, archive = get_current_worker(), self._session.library.archive.path
        counted_version, story_count = self._counted_version, self._story_count

        def post(show: Callable[..., object], *found: object) -> None:
            # A message, because a call would block while the app is closing.
            if not worker.is_cancelled:
                self._screen.post_message(self.Found(partial(show, *found)))

        try:
            with Threads(archive, story_count) as threads, CitedWorks(archive) as cited:
                if story_count is None:
                    post(self._store_count, counted_version, threads.story_count)
                post(self._show, key, threads.get_references(key), cited.get_by_link(key), callback)
        except ReaderError as error:
            post(self._notify, str(error))

    def look_up_related(self) -> None:
        """Look related stories up if they can be seen and are not there yet."""
        story, references = self._session.story, self.references
        if story and references and self._link_list.display and not self._has_related:
            self._has_related = True
            self._threads.run(partial(self._find_related, story.key, references), group="related")

    def _find_related(self, key: str, references: StoryReferences) -> None:
        from importai_tui.threads.threads import Threads

        worker = get_current_worker()
        try:
            with Threads(self._session.library.archive.path, self._story_count) as threads:
                story = threads.get_story(key)
                related = threads.get_related(story, exclude=references.stories) if story else ()
        except ReaderError:
            return  # the lookup of the references has reported it
        if not worker.is_cancelled:
            self._screen.post_message(self.Found(partial(self._show_related, key, related)))

    def _is_open(self, key: str) -> bool:
        return self._session.story is not None and self._session.story.key == key

    def _store_count(self, version: int | None, story_count: int) -> None:
        if version == self._counted_version:
            self._story_count = story_count

    def _show(
        self,
        key: str,
        references: StoryReferences,
        works: Mapping[int, Work],
        callback: Callable[[StoryReferences], object],
    ) -> None:
        if self._is_open(key):
            self.references = references
            self._link_list.show_references(references, works)
            self._on_found()
            callback(references)
            self._related_timer = self._screen.set_timer(RELATED_DELAY, self.look_up_related)

    def _show_related(self, key: str, related: Sequence[RelatedStory]) -> None:
        if self._is_open(key):
            self._link_list.show_related(related, self._session.library.state.get_read_keys())
