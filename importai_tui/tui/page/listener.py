"""What the desk tells those that stand beside it: one reads here what can happen, in the order of its happening."""

from __future__ import annotations

from functools import reduce

from importai_tui.tui.page.hints import Advice
from importai_tui.tui.story.render import Piece


class Listener:
    """One that the desk tells what happens, and asks now and then. Nobody has to listen to anything."""

    def begin(self) -> None:
        """The page stands; nothing is shown on it yet."""

    def shelf_loaded(self) -> None:
        """The heads of all issues were read anew."""

    def leaving(self) -> None:
        """Another story is about to be laid open in the place of this one, if there is one."""

    def drawn(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """The open story, as it goes to its pane; given as it is drawn so far."""
        return pieces

    def laid_open(self) -> None:
        """A story was laid open; `desk.preview` says whether the cursor has only come by."""

    def attended(self) -> None:
        """The reader has turned to the open story."""

    def told(self) -> None:
        """Header and footer were brought in step."""

    def advised(self, advice: Advice) -> Advice:
        """What the footer is to say; given what it says so far, so the last one that is asked has the last word."""
        return advice

    def place_kept(self) -> None:
        """The place was written down, also since the reader leaves."""

    def saved_late(self) -> None:
        """Changes that had to wait for another program were saved."""

    def ticked(self) -> None:
        """A second has gone by."""

    def stepped_out(self) -> bool:
        """One step back was wanted; True where it was taken, and nobody else is asked."""
        return False


class Listeners(Listener):
    """All of them, told and asked one after another."""

    def __init__(self, *listeners: Listener) -> None:
        self._all = listeners

    def begin(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.begin()

    def shelf_loaded(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.shelf_loaded()

    def leaving(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.leaving()

    def drawn(self, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """Hands the story from one to the next."""
        return reduce(lambda drawn, listener: listener.drawn(drawn), self._all, pieces)

    def laid_open(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.laid_open()

    def attended(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.attended()

    def told(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.told()

    def advised(self, advice: Advice) -> Advice:
        """Hands the advice from one to the next."""
        return reduce(lambda advised, listener: listener.advised(advised), self._all, advice)

    def place_kept(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.place_kept()

    def saved_late(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.saved_late()

    def ticked(self) -> None:
        """Tells each."""
        for listener in self._all:
            listener.ticked()

    def stepped_out(self) -> bool:
        """Asks until one has taken the step."""
        return any(listener.stepped_out() for listener in self._all)
