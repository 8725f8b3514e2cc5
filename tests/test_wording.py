from __future__ import annotations

import pytest

from importai_tui.wording import plural


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
