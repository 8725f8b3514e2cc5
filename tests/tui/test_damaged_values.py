"""Damaged values in the reading state: each is ignored, and the app starts."""

from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from tests.tui.sample_app import run_reader, store_issues

NAMES = (
    *(
        "place",
        "searches",
        "searches-2",
        "draft",
        "recent-searches",
        "recent-commands",
        "history",
        "measure",
        "widths",
        "theme",
    ),
    *("tales-place", "zen", "links", "catching-up", "guide"),
)
VALUES = {
    "infinite": '["12", Infinity, "canal", 1, 0.5]',
    "no number": '["12", 2, "canal", NaN, -1e999]',
    "deep": "[" * 50_000,
    "half a character": '["\\ud800", "\\ud800", "\\ud800", 1, 2]',
    "huge number": f'["12", {"9" * 400}, "canal", {"9" * 400}, {"9" * 6000}]',
    "digits": "9" * 6000,
    "two numbers": "-99999999999 99999999999",
    "object": '{"at": 1e18, "stops": [["a", "b", 1e18, 7]], "visits": [["a", "b", 1e18]]}',
    "lists": '[["\\u0000\\u001b[2J", "is:unread"], [[], {}], [null, 1]]',
    "null": "null",
}


@pytest.mark.parametrize("value", VALUES)
async def test_the_app_starts_with_damaged_values(library: Library, value: str) -> None:
    store_issues(library)
    for name in NAMES:
        library.state.save_value(name, VALUES[value])
    library.save_scroll_position("canal", "[0,0.5]")
    library.state._database.execute("UPDATE register SET value = ? WHERE field = 'place'", (VALUES[value],))
    async with run_reader(library) as reader:
        await reader.press("j", "J", "J", "K", "slash", "escape", "F", "up", "escape", "colon", "up", "escape", "q")
