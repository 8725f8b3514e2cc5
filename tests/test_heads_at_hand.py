from __future__ import annotations

from collections.abc import Set

from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive import Entry
from importai_tui.library.heads import HeadsAtHand, IssueHead, issue_head

KEYS = ("rivers", "canal", "lock", "weir", "both")
KEY = st.sampled_from(KEYS)


def entry(id: int, title: str, keys: tuple[str, ...]) -> Entry:
    return Entry(id, id, f"issue-{id}", title, "2024-01-01", None, 100, "\x1f".join(keys) or None)


ENTRIES = st.dictionaries(
    st.integers(1, 4), st.tuples(st.sampled_from(["old", "new"]), st.lists(KEY, unique=True).map(tuple)), max_size=4
)


@given(st.lists(st.tuples(ENTRIES, st.sets(KEY)), min_size=1, max_size=6))
def test_rows_at_hand_are_those_that_would_be_made_anew(
    turns: list[tuple[dict[int, tuple[str, tuple[str, ...]]], set[str]]],
) -> None:
    at_hand = HeadsAtHand()
    shelf: dict[int, Entry] = {}
    for issues, read in turns:
        # As on the shelf: what has not changed is the same object.
        made = {id: entry(id, *told) for id, told in issues.items()}
        shelf = {id: shelf[id] if shelf.get(id) == new else new for id, new in made.items()}
        entries = tuple(shelf.values())

        def holders(keys: Set[str], entries: tuple[Entry, ...] = entries) -> set[int]:
            return {entry.id for entry in entries if not keys.isdisjoint(entry.keys)}

        assert at_hand.of(entries, read, holders) == [issue_head(entry, read) for entry in entries]


def test_only_rows_of_what_has_changed_are_made() -> None:
    at_hand = HeadsAtHand()
    entries = tuple(entry(id, "t", (f"key-{id}", "both")[: 2 if id < 3 else 1]) for id in range(1, 5))
    asked: list[Set[str]] = []

    def holders(keys: Set[str]) -> Set[int]:
        asked.append(keys)
        return {entry.id for entry in entries if not keys.isdisjoint(entry.keys)}

    def again(read: Set[str]) -> list[int]:
        """The ids whose rows were made anew."""
        now = at_hand.of(entries, read, holders)
        return [row.number or 0 for row, was in zip(now, before, strict=True) if row is not was]

    before: list[IssueHead] = at_hand.of(entries, frozenset(), holders)
    assert again(frozenset()) == []
    assert again({"key-4"}) == [4]
    before = at_hand.of(entries, {"key-4"}, holders)
    assert again({"key-4", "both"}) == [1, 2]
    assert asked == [{"key-4"}, {"both"}]
