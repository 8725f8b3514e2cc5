"""The words that give a time, and the last day that they allow."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.forecasts.due_dates import FIRST_YEAR, compute_due, find_due_text, find_times

SAID = date(2025, 3, 17)
DUE_DATES = """
by the end of 2026 | 2026-12-31
by Q1 2026 | 2026-03-31
in Q3 of 2026 | 2026-09-30
H2 2026 | 2026-12-31
in the first half of 2026 | 2026-06-30
by the third quarter of next year | 2026-09-30
by mid-2026 | 2026-06-30
till early 2026 | 2026-04-30
by late 2027 | 2027-12-31
before 2030 | 2029-12-31
before the end of 2030 | 2030-12-31
before the start of 2027 | 2026-12-31
before June 2027 | 2027-05-31
by the beginning of next year | 2026-01-31
end of 2026 | 2026-12-31
End-2026 | 2026-12-31
EOY 2026 | 2026-12-31
by EOY | 2025-12-31
by year's end | 2025-12-31
before the year is out | 2025-12-31
by the end of the decade | 2029-12-31
before the decade is out | 2029-12-31
before the decade's out | 2029-12-31
within the decade | 2029-12-31
late this decade | 2029-12-31
within the next decade | 2035-03-17
in the coming decade | 2035-03-17
by the 2030s | 2039-12-31
in the early 2030s | 2032-12-31
by the late 2040s | 2049-12-31
by the end of the century | 2099-12-31
by mid-century | 2050-12-31
in the next 18 months | 2026-09-17
over the next 12-18 months | 2026-09-17
within two years | 2027-03-17
within two to three years | 2028-03-17
in 2–3 years | 2028-03-17
in the next four to nine years | 2034-03-17
in two years' time | 2027-03-17
in about five years | 2030-03-17
two years from now | 2027-03-17
half a year from now | 2025-09-17
in a year and a half | 2026-09-17
in 1.5 years | 2026-09-17
in a year or two | 2027-03-17
in the next year or so | 2026-03-17
in the coming year | 2026-03-17
in the next couple of years | 2027-03-17
within half a decade | 2030-03-17
in three decades | 2055-03-17
next year | 2026-12-31
this year | 2025-12-31
early next year | 2026-04-30
the year after next | 2027-12-31
by this time next year | 2026-03-17
by the summer of 2026 | 2026-08-31
by summer | 2025-08-31
next summer | 2026-08-31
in winter 2026 | 2027-02-28
by fall 2026 | 2026-11-30
between 2027 and 2030 | 2030-12-31
in 2026 or 2027 | 2027-12-31
2026-05-01 | 2026-05-01
by 1 May 2026 | 2026-05-01
by May 1st, 2026 | 2026-05-01
by July 4th | 2025-07-04
by May 2026 | 2026-05-31
by May next year | 2026-05-31
by the end of May | 2025-05-31
by February | 2026-02-28
next month | 2025-04-30
by the end of the month | 2025-03-31
by Christmas | 2025-12-25
until 2035 | 2035-12-31
by the year 2030 | 2030-12-31
as early as 2027 | 2027-12-31
in a few years | vague
over the coming years | vague
a few months away | vague
decades away | vague
in the next few decades | vague
over the next single-digit years | vague
in the coming weeks | vague
"""
NO_TIMES = (
    *(
        "two years ago",
        "in the year that was",
        "in 2048 GPUs",
        "by 2000 images",
        "in 20 minutes",
        "the army may march on",
    ),
    *(
        "a 10-year-old",
        "by the turn of the decade",
        "in five years of training",
        "for years",
        "in recent years",
        "the 2026%",
        "$2026",
    ),
)


def test_last_day_that_words_allow() -> None:
    for line in DUE_DATES.strip().splitlines():
        words, due = line.split(" | ")
        sentence = f"It all happens {words}, I think."
        assert find_due_text(sentence) == words
        assert str(compute_due(words, SAID) or "vague") == due, words


def test_winter_and_leap_days() -> None:
    for words, said, due in (
        ("this winter", date(2026, 1, 10), date(2026, 2, 28)),
        ("next winter", date(2026, 1, 10), date(2027, 2, 28)),
        ("next year", date(2025, 12, 31), date(2026, 12, 31)),
        ("within a year", date(2024, 2, 29), date(2025, 2, 28)),
        ("in 6 months", date(2025, 8, 31), date(2026, 2, 28)),
    ):
        assert compute_due(words, said) == due, words


def test_words_that_give_no_time() -> None:
    assert {text: times for text in NO_TIMES if (times := find_times(text))} == {}


def test_date_of_the_issue_may_be_unknown() -> None:
    assert compute_due("by 2030", None) == date(2030, 12, 31)
    assert [compute_due(words, None) for words in ("next year", "in two years", "by May", "this decade")] == [None] * 4


def test_computable_words_are_suggested_first() -> None:
    assert find_due_text("In the coming years sheep change; by 2030 they read.") == "by 2030"


WORDS = st.sampled_from([line.split(" | ")[0] for line in DUE_DATES.strip().splitlines()])
PIECES = st.sampled_from(
    [
        "by",
        "before",
        "the end of",
        "next",
        "year",
        "years",
        "9999",
        "0",
        "31 Feb",
        "May",
        "Q4",
        "2100s",
        "in",
        "a",
        "decade",
    ]
)
TEXTS = WORDS | st.lists(PIECES, max_size=8).map(" ".join)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


@settings(max_examples=80, deadline=None)
@given(TEXTS, DAYS)
def test_any_words_have_a_day_or_none(text: str, said: date) -> None:
    due = compute_due(text, said)
    assert due is None or due.year >= FIRST_YEAR


@settings(max_examples=80, deadline=None)
@given(WORDS, st.tuples(*[st.dates(date(1990, 1, 1), date(2090, 12, 31))] * 2))
def test_later_words_are_due_later(text: str, days: tuple[date, date]) -> None:
    earlier, later = (compute_due(text, day) for day in sorted(days))
    assert (earlier is None) == (later is None)
    assert not earlier or not later or earlier <= later
