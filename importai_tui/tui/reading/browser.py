"""Opens addresses in the browser, and copies them where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.model import Link
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter
from importai_tui.tui.reading.threads import ThreadRunner
from importai_tui.tui.text import truncate
from importai_tui.tui.widgets.link_list import LinkList

if TYPE_CHECKING:
    from importai_tui.browser import Opener, OpenResult

NamedWork = tuple[str, str]
"""A work's canonical id, and its title."""


class AddressOpener:
    """Opens addresses, and remembers which works were opened."""

    def __init__(
        self,
        opener: Opener,
        session: ReadingSession,
        writer: StateWriter,
        threads: ThreadRunner,
        link_list: LinkList,
        *,
        say: Callable[..., None],
        copy: Callable[[str], None],
    ) -> None:
        """Open addresses with `opener`; `say` shows a line, `copy` takes addresses where there is no browser."""
        self._opener = opener
        self._session = session
        self._writer = writer
        self._threads = threads
        self._link_list = link_list
        self._say = say
        self._copy = copy
        self._on_opened: Callable[[], object] | None = None

    @contextmanager
    def redraw_after_opening(self, redraw: Callable[[], object]) -> Iterator[None]:
        """Call `redraw` after a work was opened, while another screen lists works."""
        self._on_opened = redraw
        try:
            yield
        finally:
            self._on_opened = None

    def name_work(self, link: Link) -> NamedWork | None:
        """The work that a link leads to."""
        return (link.work, self._link_list.get_title(link)) if link.work else None

    def open_in_thread(self, urls: Sequence[str], works: Sequence[NamedWork | None] = ()) -> None:
        """Beside the screen: a browser's launcher may take its time. `works` are what the addresses lead to."""
        self._threads.run(partial(self._open, urls, works), group="opening", exclusive=False)

    def _open(self, urls: Sequence[str], works: Sequence[NamedWork | None]) -> None:
        shut: list[str] = []
        for n, url in enumerate(urls):
            try:
                opened = self._opener(url)
            except ReaderError as error:
                self._threads.call(self._say, str(error), seconds=8)
                continue
            if opened.is_opened:
                self._threads.call(self._notify_opened, opened, works[n] if works else None)
            else:
                shut.append(opened.url)
        if shut:
            self._threads.call(self._copy_instead, shut)

    def _notify_opened(self, opened: OpenResult, work: NamedWork | None) -> None:
        if work:
            self._writer.try_write(lambda: self._session.library.state.record_work_opened(*work), is_user_change=False)
            self._redraw_marks()
        self._say(f"Opened {truncate(opened.url.partition('://')[2], 60)}", seconds=2)

    def _redraw_marks(self) -> None:
        """Shows that a work was opened, wherever works are listed."""
        self._link_list.refresh()
        if self._on_opened:
            self._on_opened()

    def _copy_instead(self, urls: Sequence[str]) -> None:
        """All at once: what is copied takes the place of what was copied before it."""
        self._copy("\n".join(urls))
        told = f"Copied: {urls[0]}" if len(urls) == 1 else f"Copied {len(urls)} addresses, one a line."
        self._say(f"No browser here. {told}", seconds=8)
