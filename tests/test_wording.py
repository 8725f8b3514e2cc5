from __future__ import annotations

import pytest

from importai_tui.wording import format_count, plural


@pytest.mark.parametrize(
    ("words", "forms", "count"),
    [
        ("0 links", ("link",), 0),
        ("1 link", ("link",), 1),
        ("1,200 links", ("link",), 1200),
        ("1 story", ("story", "stories"), 1),
        ("2 changes are", ("change is", "changes are"), 2),
    ],
)
def test_plural_selects_the_form(words: str, forms: tuple[str, ...], count: int) -> None:
    assert plural(count, *forms) == words


def test_counts_name_the_whole() -> None:
    assert format_count(1, 1, "note", "notes") == "1 note"
    assert format_count(2, 1_200, "note") == "2 of 1,200 notes"
