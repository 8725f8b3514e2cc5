from __future__ import annotations

from importai_tui.query.parser import parse_query
from importai_tui.search.search import compute_trend


def test_four_years_are_shown_by_year() -> None:
    periods = compute_trend({"2019-12-31": 2, "2019-03-03": 1, "2023-12-01": 4}, {"2019-01-01": 6, "2020-05-05": 9})
    assert [(p.name, p.stories, p.total) for p in periods] == [
        ("2019", 3, 6),
        ("2020", 0, 9),
        ("2021", 0, 0),
        ("2022", 0, 0),
        ("2023", 4, 0),
    ]
    assert [p.share for p in periods] == [0.5, 0, 0, 0, 0]


def test_less_than_four_years_are_shown_by_quarter() -> None:
    periods = compute_trend({"2020-02-01": 1, "2024-01-31": 1}, {})
    assert len(periods) == 17
    assert (periods[0].name, periods[0].start, periods[0].end) == ("2020-Q1", "2020-01-01", "2020-04-01")
    assert (periods[-1].name, periods[-1].start, periods[-1].end) == ("2024-Q1", "2024-01-01", "2024-04-01")
    assert len(compute_trend({"2020-02-01": 1, "2024-02-01": 1}, {})) == 5


def test_stories_without_a_day_are_ignored() -> None:
    assert compute_trend({None: 3}, {None: 3}) == ()
    assert [p.stories for p in compute_trend({None: 3, "9999-12-31": 1}, {})] == [1]


def test_the_query_text_of_a_period_is_valid() -> None:
    (quarter,) = compute_trend({"2023-12-31": 1}, {})
    years = compute_trend({"2016-01-01": 1, "2024-01-01": 1}, {})
    asked = [condition for clause in parse_query(quarter.query_text).clauses for condition in clause.any_of]
    assert [(days.start, days.end) for days in asked] == [("2023-10-01", None), (None, "2024-01-01")]  # type: ignore[union-attr]
    assert [p.query_text for p in years][:2] == ["year:2016", "year:2017"]
