"""The way through all stories in the order of the list. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from importai_tui.archive import Entry


def round_trip(shelf: Sequence[Entry], after: tuple[str, int] | None, *, back: bool) -> Iterator[tuple[int, int]]:
    """Places of the shelf (index of the issue, position) behind one, once round; only as far as they are asked for."""
    here = next((at for at, entry in enumerate(shelf) if after and entry.ref == after[0]), None)
    step = -1 if back else 1
    position = after[1] if after is not None and here is not None else 0
    start = here if here is not None else (len(shelf) - 1 if back else 0)
    for turn in range(len(shelf) + 1 if shelf else 0):
        at = (start + step * turn) % len(shelf)
        places = range(1, len(shelf[at].keys) + 1)
        if turn == 0 and here is not None:
            places = places[: position - 1] if back else places[position:]
        elif turn == len(shelf):
            # Round again: what lies before the start, and the start itself.
            places = (places[position - 1 :] if back else places[:position]) if here is not None else range(0)
        yield from ((at, place) for place in (reversed(places) if back else places))
