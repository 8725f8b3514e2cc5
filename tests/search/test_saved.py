from __future__ import annotations

import pytest

from importai_tui.query.parser import read_query
from importai_tui.search.saved import (
    FIRST,
    UNREAD,
    SavedSearch,
    read_saved,
    with_first,
    with_search,
    without_search,
    written_saved,
)


@pytest.mark.parametrize("written", [None, "", "x", "7", "[1]", '[["a"]]'])
def test_what_is_none_of_ours_gives_those_of_the_start(written: str | None) -> None:
    assert read_saved(written) == FIRST


def test_saved_searches_are_read_as_they_were_written() -> None:
    searches = (*FIRST, SavedSearch("Ötters [b]", 'otters OR "river otters"'))
    assert read_saved(written_saved(searches)) == searches
    assert read_saved(written_saved(())) == ()


def test_one_of_the_same_name_takes_its_place() -> None:
    searches = with_search(with_search(FIRST, "Otters\x1b[2J\n", "otter"), "Otters", "otters")
    assert searches == (*FIRST, SavedSearch("Otters", "otters"))
    assert without_search(searches, "Otters") == FIRST


def test_those_of_the_start_are_understood() -> None:
    for search in FIRST:
        query = read_query(search.line)
        assert query.clauses
        assert not query.remarks


def test_those_of_the_start_come_back_and_no_name_is_there_twice() -> None:
    mine = SavedSearch("Otters", "otters")
    assert with_first((mine, SavedSearch("Unread", "otters"))) == (*FIRST[1:], mine, UNREAD)
    assert with_first(with_first((mine, SavedSearch("Unread", "otters"), UNREAD))) == (*FIRST[1:], mine, UNREAD)
    assert with_first(()) == FIRST
