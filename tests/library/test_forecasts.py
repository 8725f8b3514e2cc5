"""Forecasts: those that the rules find, the user's verdicts, and those that the user adds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from importai_tui.forecasts.forecast import Speaker
from importai_tui.library.forecast_summary import MIN_VERDICTS, CalibrationRow, ForecastCounts, summarise_forecasts
from importai_tui.library.forecasts import Forecast, ForecastGroup, ForecastStatus, filter_forecasts
from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span, Story
from importai_tui.output.forecasts import (
    forecast_json,
    forecasts_to_csv,
    forecasts_to_markdown,
    format_forecasts_text,
)
from importai_tui.paths import Places
from importai_tui.state.fields import Edit, StoryName
from importai_tui.state.forecasts import ForecastRecord, Verdict
from tests.examples import make_story

TODAY = date(2026, 11, 30)
OTTERS = "I expect that by the end of 2025 otters will count the oceans."
HERONS = "I expect that by the end of 2028 herons will read."
PIKES = "I predict that by the end of 2027 pikes will wait for you."


def store(library: Library, number: int, day: str | None, *texts: str) -> None:
    stories = tuple(make_text(f"s{number}-{n}", n, text) for n, text in enumerate(texts, 1))
    library.store(make_numbered(number, day, *stories), b"page", f"{number}.html")


def make_text(key: str, position: int, text: str) -> Story:
    blocks = tuple(Paragraph((Span(part),)) for part in text.split("\n\n"))
    return replace(make_story(key, position), blocks=blocks)


def make_numbered(number: int, day: str | None, *stories: Story) -> Issue:
    return Issue(number, f"i{number}", f"Import AI {number}", day, None, stories)


@pytest.fixture
def library(places: Places) -> Iterator[Library]:
    with Library.open(places) as library:
        store(library, 402, "2025-03-03", OTTERS, f"{HERONS}\n\n{PIKES}")
        yield library


def get(library: Library, *, with_dismissed: bool = False) -> list[tuple[str, str]]:
    found = library.get_forecasts(TODAY, with_dismissed=with_dismissed)
    return [(x.quote.split()[8], x.status.value) for x in found]


def find(library: Library, word: str) -> Forecast:
    return next(x for x in library.get_forecasts(TODAY, with_dismissed=True) if word in x.quote)


def test_due_ones_come_first(library: Library) -> None:
    assert get(library) == [("otters", "candidate"), ("pikes", "candidate"), ("herons", "candidate")]
    otters, *_ = library.get_forecasts(TODAY)
    assert (otters.ref, otters.key, otters.said, otters.due) == (
        "402/1",
        "s402-1",
        date(2025, 3, 3),
        date(2025, 12, 31),
    )
    assert (otters.start, otters.due_text, otters.note) == (0, "by the end of 2025", None)
    assert otters.is_due(TODAY)
    assert not otters.is_due(date(2025, 12, 30))
    assert [x.key for x in library.get_forecasts(TODAY, keys=["s402-2"])] == ["s402-2", "s402-2"]


def test_a_verdict_is_stored_undone_and_taken_back(library: Library) -> None:
    change = library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    assert (change.label, change.keys) == ("Forecast marked right", ("s402-1",))
    assert get(library)[-1] == ("otters", "right")
    assert library.set_verdict(find(library, "otters"), Verdict.RIGHT).label == "Verdict unchanged"
    undone = library.undo()
    assert undone
    assert undone.label == "Undid: forecast marked right in 1 story"
    assert get(library)[0] == ("otters", "candidate")
    assert library.redo()
    assert library.set_verdict(find(library, "otters"), None).label == "Verdict removed"
    assert get(library)[0] == ("otters", "candidate")
    assert library.state.get_forecasts() == []


def test_dismissed_ones_are_listed_on_demand(library: Library) -> None:
    assert library.set_verdict(find(library, "otters"), Verdict.DISMISSED).label == "Forecast dismissed"
    assert [word for word, _ in get(library)] == ["pikes", "herons"]
    assert get(library, with_dismissed=True)[-1] == ("otters", "dismissed")


def test_a_note_confirms_a_forecast_and_outlives_verdicts(library: Library) -> None:
    assert library.set_forecast_note(find(library, "herons"), "Ask them.").label == "Note saved"
    library.set_verdict(find(library, "herons"), Verdict.WRONG)
    library.set_verdict(find(library, "herons"), None)
    herons = find(library, "herons")
    assert (herons.status, herons.note) == (ForecastStatus.OPEN, "Ask them.")
    assert library.set_forecast_note(herons, "").label == "Note deleted"
    assert library.undo().label == "Undid: forecast note deleted from 1 story"  # type: ignore[union-attr]


def test_one_added_by_hand_is_open_until_it_is_removed(library: Library) -> None:
    id = library.add_forecast("s402-1", "Otters will fly one day.", due_text="one day", due=date(2026, 1, 1))
    (added,) = (x for x in library.get_forecasts(TODAY) if x.id == id)
    assert (added.status, added.is_by_hand, added.ref, added.start) == (ForecastStatus.OPEN, True, "402/1", None)
    assert (added.due, added.due_text, added.said) == (date(2026, 1, 1), "one day", date(2025, 3, 3))
    library.set_verdict(added, Verdict.WRONG)
    library.set_verdict(added, None)
    assert find(library, "fly").status is ForecastStatus.OPEN
    assert library.remove_forecast(added).label == "Forecast removed"
    assert len(library.get_forecasts(TODAY)) == 3
    library.undo()
    assert len(library.get_forecasts(TODAY)) == 4


def test_a_due_date_by_hand_wins(library: Library) -> None:
    otters = find(library, "otters")
    due = date(2029, 12, 31)
    assert library.add_forecast(otters.key, otters.quote, due=due, due_text="end of 2029") == otters.id
    assert len(library.get_forecasts(TODAY)) == 3
    otters = find(library, "otters")
    assert (otters.due, otters.due_text, otters.start) == (due, "end of 2029", 0)


def test_a_quoted_one_by_hand_is_listed(library: Library) -> None:
    quote = "Moles “will fly by the end of 2030,” the builders predict."
    store(library, 403, "2025-03-10", quote)
    (found,) = library.get_forecasts(TODAY, keys=["s403-1"], with_others=True)
    assert found.speaker is Speaker.OTHER
    assert library.get_forecasts(TODAY, keys=["s403-1"]) == ()
    library.add_forecast("s403-1", found.quote)
    (added,) = library.get_forecasts(TODAY, keys=["s403-1"])
    assert (added.speaker, added.is_by_hand) == (Speaker.OTHER, True)


def test_verdicts_are_kept_without_the_archive(library: Library, places: Places) -> None:
    library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    with Library.open(Places.under(places.archive.parent / "other")) as other:
        result = other.state.merge(library.state.export_lines())
        assert (result.applied, result.invalid) == (1, 0)
        (otters,) = other.get_forecasts(TODAY)
        assert (otters.ref, otters.headline, otters.quote) == (None, find(library, "otters").headline, OTTERS)
        assert (otters.status, otters.due, otters.due_text) == ("right", date(2025, 12, 31), "by the end of 2025")
        store(other, 402, "2025-03-03", f"An edit came first. {OTTERS}")
        (otters,) = other.get_forecasts(TODAY)
        assert (otters.ref, otters.status, otters.start) == ("402/1", "right", 20)


def test_verdict_and_note_of_two_machines_are_merged(library: Library, places: Places) -> None:
    with Library.open(Places.under(places.archive.parent / "other")) as other:
        store(other, 402, "2025-03-03", OTTERS)
        other.set_forecast_note(find(other, "otters"), "Ask them.")
        library.set_verdict(find(library, "otters"), Verdict.RIGHT)
        for one, two in ((library, other), (other, library)):
            two.state.merge(one.state.export_lines())
        assert {(find(x, "otters").status, find(x, "otters").note) for x in (library, other)} == {
            ("right", "Ask them.")
        }
        other.remove_forecast(find(other, "otters"))
        assert (find(other, "otters").status, find(other, "otters").note) == ("candidate", None)


def test_a_verdict_follows_a_split_story(library: Library) -> None:
    library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    library.set_verdict(find(library, "herons"), Verdict.WRONG)
    first = replace(make_text("new-1", 1, HERONS), headline="Of herons")
    second = replace(make_text("new-2", 2, f"{OTTERS}\n\n{PIKES}"), headline="Of otters")
    library.rebuild(1, make_numbered(402, "2025-03-03", first, second), 9)
    assert {(x.quote, x.ref, x.status.value) for x in library.get_forecasts(TODAY)} == {
        (OTTERS, "402/2", "right"),
        (HERONS, "402/1", "wrong"),
        (PIKES, "402/2", "candidate"),
    }


def test_a_verdict_stays_on_an_edited_sentence(library: Library) -> None:
    library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    library.set_verdict(find(library, "herons"), Verdict.WRONG)
    stories = (make_text("s402-1", 1, OTTERS.replace("oceans", "seas")), make_text("s402-2", 2, f"Well, {HERONS}"))
    library.rebuild(1, make_numbered(402, "2025-03-03", *stories), 9)
    assert get(library) == [("2028", "wrong"), ("otters", "right")]
    library.set_verdict(find(library, "seas"), None)
    assert get(library) == [("otters", "candidate"), ("2028", "wrong")]


def test_similar_sentences_keep_their_own_verdicts(library: Library) -> None:
    own = HERONS.replace("2028", "2029")
    library.add_forecast("s402-2", own, due_text="by the end of 2029")
    assert {x.quote: x.status.value for x in library.get_forecasts(TODAY, keys=["s402-2"])} == {
        own: "open",
        HERONS: "candidate",
        PIKES: "candidate",
    }


def test_many_long_sentences_are_matched(library: Library) -> None:
    # Comparing the order of their words would take minutes.
    text = f"I expect that by the end of 2027 {'sheep count the stars and oceans ' * 30}"
    store(library, 410, "2025-05-01", "\n\n".join(f"{text}{'x' * n}." for n in range(60)))
    for n in range(20):
        library.add_forecast("s410-1", f"{text.replace('sheep count', 'count sheep')}{'y' * (n + 1)}", due_text="")
    assert len(library.get_forecasts(TODAY, keys=["s410-1"])) == 60


def test_another_issue_with_the_sentence_hides_nothing(library: Library) -> None:
    library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    store(library, 403, "2025-03-10", OTTERS, "Otters again.")
    library.add_forecast("s403-2", HERONS, due_text="by the end of 2028")
    library.rebuild(1, make_numbered(402, "2025-03-03", make_text("new", 1, HERONS)), 9)
    listed = {(x.quote, x.ref, x.status.value) for x in library.get_forecasts(TODAY)}
    assert listed >= {(OTTERS, None, "right"), (OTTERS, "403/1", "candidate"), (HERONS, "403/2", "open")}


def test_a_verdict_keeps_the_speaker_whom_the_user_saw(library: Library) -> None:
    library.set_verdict(find(library, "otters"), Verdict.RIGHT)
    library.rebuild(1, make_numbered(402, "2025-03-03", make_text("s402-1", 1, f"“{OTTERS}”")), 9)
    assert get(library) == [("otters", "right")]


def test_one_that_was_due_when_said_is_left_out(library: Library) -> None:
    store(library, 440, "2025-12-01", "I expect that by the end of 2025 voles will swim.")
    assert not [x for x in library.get_forecasts(TODAY) if "voles" in x.quote]
    store(library, 395, None, "I expect that by the end of 2025 stoats will swim.")
    store(library, 390, "2024-12-02", "Nothing.")
    stoats = find(library, "stoats")
    assert stoats.said_estimated
    assert stoats.said
    # "By the end of 2025" is the same day whenever it was said, "within a year" is not.
    assert not stoats.due_estimated
    relative = stoats._replace(due_text="within a year")
    assert relative.due_estimated
    assert not relative._replace(due=None).due_estimated
    text = format_forecasts_text([stoats, relative], TODAY, None).splitlines()
    assert [line.split("  395")[0] for line in text if "  395/1" in line] == ["due    2025-12-31", "due   ~2025-12-31"]
    assert "**due about 2025-12-31**" in forecasts_to_markdown([relative], TODAY, {})
    assert ",2025-12-31,yes,within a year," in forecasts_to_csv([relative])
    assert forecast_json(relative)["due_estimated"] is True


def test_a_later_story_that_scores_one_is_named(library: Library, places: Places) -> None:
    store(library, 440, "2025-12-01", "Otters do count oceans.", "Prediction confirmed: see 402.")
    with closing(sqlite3.connect(places.archive)) as database, database:
        database.execute("DELETE FROM scoring")
        for position, sentence in ((1, "As I said, otters do count oceans."), (2, "Prediction confirmed.")):
            sql = "INSERT INTO scoring SELECT id, 1, 402, ? FROM story WHERE key = ?"
            database.execute(sql, (sentence, f"s440-{position}"))
    assert {x.quote: x.scored_in for x in library.get_forecasts(TODAY)} == {OTTERS: ("440/1",), HERONS: (), PIKES: ()}


def test_damaged_values_are_left_out(library: Library, places: Places) -> None:
    record = ForecastRecord("0a1b2c3d", "By 2030.")
    library.state.add_forecast("gone", record, {"gone": StoryName("Otters of old", "12", 3)})
    assert find(library, "By 2030").headline == "Otters of old"
    library.state._database.execute("UPDATE register SET value = '{}' WHERE field = 'forecast:0a1b2c3d'")
    assert len(library.get_forecasts(TODAY)) == 3
    with closing(sqlite3.connect(places.archive)) as database, database:
        database.execute("UPDATE forecast SET start = 'x', probability = 'x'")
    assert {(x.start, x.probability) for x in library.get_forecasts(TODAY)} == {(0, 0.0)}
    library.state.change([Edit("gone", "forecast:0a1b2c3d", record.to_json())], "x")
    assert len(library.get_forecasts(TODAY)) == 4


VALUE = {"quote": "By 2030.", "verdict": "right"}


WRONG_VALUES: tuple[dict[str, object], ...] = (
    {"quote": " "},
    {"quote": 7},
    {"verdict": "candidate"},
    {"verdict": None},
    {"note": 1},
    {"due": "2030"},
    {"due": "2030-02-31"},
    {"said": 20300101},
    {"speaker": "me"},
    {"probability": 1.5},
    {"probability": True},
    {"probability": "0.5"},
    {"by_hand": 1},
)


def test_wrong_values_are_refused(library: Library) -> None:
    line = {"key": "ada", "field": "forecast:0a1b2c3d", "at": "2025-03-01T08:00:00+00:00", "machine": "lap"}
    lines = [json.dumps(line | {"value": json.dumps(VALUE | wrong)}) for wrong in ({}, *WRONG_VALUES)]
    result = library.state.merge([next(iter(library.state.export_lines())), *lines])
    assert (result.applied, result.invalid) == (1, len(WRONG_VALUES))
    assert [record.quote for _, _, record in library.state.get_forecasts()] == ["By 2030."]


def make(status: ForecastStatus, due: date | None = None, probability: float | None = None) -> Forecast:
    facts = ("id", "key", "402/1", "A robot", "Robots.", 0, date(2025, 3, 3), False, due, "by then", Speaker.AUTHOR)
    return Forecast(*facts, probability, status, "Ask.", False)


def test_typed_words_and_verdicts_filter() -> None:
    due, right = make(ForecastStatus.CANDIDATE, date(2025, 1, 1)), make(ForecastStatus.RIGHT)
    open_ = make(ForecastStatus.OPEN)
    every = (due, right, open_)
    for typed, found in {
        "": every,
        "ROBOTS ask 402": every,
        "right": (right,),
        '"right"': (),
        "open": (due, open_),
        "due": (due,),
        "2025-01": (due,),
        "robots wrong": (),
        "fish": (),
    }.items():
        assert filter_forecasts(every, typed, TODAY) == list(found), typed


def test_verdicts_are_counted_by_year_and_probability() -> None:
    statuses = [ForecastStatus.RIGHT] * 8 + [ForecastStatus.WRONG] * 2
    judged = [make(status, date(2025, 1, 1), 0.8 if n < 9 else 1.0) for n, status in enumerate(statuses)]
    others = [
        make(ForecastStatus.OPEN),
        make(ForecastStatus.DISMISSED),
        make(ForecastStatus.VOID, date(2024, 1, 1), 0.1),
    ]
    summary = summarise_forecasts([*judged, *others], TODAY)
    assert summary.all == ForecastCounts(None, due=0, open=1, right=8, wrong=2, void=1)
    assert [(year.year, year.total) for year in summary.years] == [(2024, 1), (2025, 10), (None, 1)]
    assert summary.calibration[-2:] == (CalibrationRow(60, 80, 0, 0), CalibrationRow(80, 100, 8, 2))
    assert not summarise_forecasts(judged[: MIN_VERDICTS - 1], TODAY).calibration
    assert make(ForecastStatus.DISMISSED).get_group(TODAY) is ForecastGroup.DISMISSED
