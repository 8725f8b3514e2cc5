"""The help topic `scripting` names every field that a command prints as JSON, and no other."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.forecasts import Verdict
from tests.conftest import RunProgram
from tests.examples import make_issue

TOPIC = files("importai_tui.manual").joinpath("scripting.md").read_text(encoding="utf-8")
SHAPES = dict(re.findall(r"^- ([A-Z-]+): `(\{.*?\})`", TOPIC, re.MULTILINE))
COMMANDS = dict(
    re.findall(
        r"^- `([^`]+)` prints (?:one )?(?:a |an )?`?(\{.*?\}|[A-Z]+)`?(?: or| per line|\. |\.?$|, including)",
        TOPIC,
        re.MULTILINE,
    )
)
KEYED_BY_DATA = {"kinds", "link_kinds", "places"}
"""Objects whose field names are data."""


def documented(shape: str) -> set[str]:
    """Return the field names of a shape, and of the shapes that it names."""
    names = set(re.findall(r'"(\w+)"', shape))
    for inner in re.findall(r"\b[A-Z]{3,}(?:-[A-Z]+)?\b", shape):
        names |= documented(SHAPES[inner])
    return names


def printed(value: Any) -> set[str]:
    """Return every field name of a document, at any depth."""
    match value:
        case dict():
            inner = (printed(item) for name, item in value.items() if name not in KEYED_BY_DATA)
            return set(value).union(*inner)
        case list():
            return set().union(*map(printed, value))
        case _:
            return set()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("list", ("list",)),
        ("search", ("search", "robots")),
        ("search --trend", ("search", "--trend", "robots")),
        ("works", ("works",)),
        ("stats", ("stats",)),
        ("doctor", ("doctor",)),
        ("keys", ("keys",)),
        ("paths", ("paths",)),
    ],
)
def test_the_topic_names_the_fields_of_a_command(run: RunProgram, command: str, line: tuple[str, ...]) -> None:
    fields = printed(json.loads(run("--demo", *line, "--json").out))
    names = documented(COMMANDS[command])
    assert fields == names


def test_the_topic_names_the_fields_of_forecasts(run: RunProgram, places: Places) -> None:
    with Library.open(places) as library:
        library.store(make_issue("otters", number=402), b"page", "page.html")
        for n in range(10):
            id = library.add_forecast("otters", f"Otters will count to {n}.", probability=0.5)
            library.set_verdict(next(x for x in library.get_forecasts(date.max) if x.id == id), Verdict.RIGHT)
    ran = run("forecasts", "--json")
    assert printed(json.loads(ran.out)) == documented(COMMANDS["forecasts"])
    assert ran.out == run("export", "--forecasts", "--format", "json").out


def test_the_topic_names_the_fields_of_links(run: RunProgram) -> None:
    fields = printed(json.loads(run("--demo", "links", "latest", "--json").out))
    assert fields == documented(COMMANDS["links"])


def test_the_topic_names_fields_of_issues_and_stories(run: RunProgram) -> None:
    stories = json.loads(run("--demo", "show", "latest", "--json").out)
    assert set(stories) == documented(SHAPES["ISSUE-HEAD"])
    fields = set().union(*map(printed, (story for n in (1, 2, 3) for story in _stories(run, n))))
    assert fields == documented(SHAPES["STORY"])


def _stories(run: RunProgram, number: int) -> list[dict[str, Any]]:
    stories: list[dict[str, Any]] = json.loads(run("--demo", "show", str(number), "--json").out)["stories"]
    return stories


def test_the_topic_names_the_fields_of_an_import(run: RunProgram, tmp_path: Any) -> None:
    (tmp_path / "bad.html").write_bytes(b"\x00")
    document = json.loads(run("import", str(tmp_path / "bad.html"), "--json").out)
    assert printed(document) | documented(SHAPES["ISSUE-HEAD"]) == documented(COMMANDS["import"])


def test_the_topic_names_the_fields_of_a_source(run: RunProgram) -> None:
    document = json.loads(run("sync", "--source", "http://127.0.0.1:9/feed", "--json").out)
    assert printed(document) | documented(SHAPES["ISSUE-HEAD"]) == documented(COMMANDS["sync"])


def test_the_topic_names_the_fields_of_stories_with_notes(marked: RunProgram) -> None:
    document = json.loads(marked("export", "--notes", "--format", "json").out)
    assert printed(document) == documented(COMMANDS["export --notes --format json"])
    assert printed(json.loads(marked("export", "--stories").out)) == documented(SHAPES["KEPT"])
