from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.query.completion import FIELD_HELP, CompletionSources, complete_query
from importai_tui.query.fields import FIELDS
from tests.query.test_parser import lines

HOSTS = ("arxiv.org", "github.com")
SOURCES = CompletionSources(
    tags=("robots", "two words"),
    years=(2025, 2024),
    issues=(402, 401, 380),
    hosts=lambda prefix: [host for host in HOSTS if host.startswith(prefix)],
)


def get_completions(line: str) -> list[str]:
    return [completion.text for completion in complete_query(line, len(line), SOURCES)]


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("otters i", ["otters in:", "otters is:", "otters issue:"]),
        ("-is", ["-is:", "-issue:"]),
        ("is:un", ["is:unread"]),
        ("-is:UN", ["-is:unread"]),
        ("unr", ["is:unread"]),
        ("in:story,t", ["in:story,tales"]),
        ("in:c", ["in:cards"]),
        ("cards", ["in:cards"]),
        ("in:story,c", []),
        ("has:code,no", []),
        ("has:da", ["has:dataset"]),
        ("sort:", ["sort:best", "sort:new", "sort:old"]),
        ("tag:", ["tag:robots", 'tag:"two words"']),
        ('tag:"two w', ['tag:"two words"']),
        ("site:ar", ["site:arxiv.org"]),
        ("year:2024..", ["year:2024..2025", "year:2024..2024"]),
        ("after:20", ["after:2025", "after:2024"]),
        ("issue:40", ["issue:402", "issue:401"]),
        ("is:unread", []),
        ("cites:25", []),
        ('"is', []),
        ("https://a", []),
    ],
)
def test_the_last_word_is_completed(line: str, completed: list[str]) -> None:
    assert get_completions(line) == completed


def test_completing_keeps_the_text_after_the_cursor() -> None:
    (completion,) = complete_query("slow is:starry water", 10, SOURCES)
    assert (completion.text, completion.cursor, completion.label) == ("slow is:starred water", 15, "is:starred")
    (completion,) = complete_query('tag:"two w" water', 8, SOURCES)
    assert completion.text == 'tag:"two words" water'


def test_the_help_has_an_example_per_field() -> None:
    assert [example.partition(":")[0] for example, _ in FIELD_HELP] == list(FIELDS)


def test_every_field_and_all_its_fixed_values_are_offered() -> None:
    for name, field in FIELDS.items():
        assert f"{name}:" in get_completions(name)
        if field.values:
            assert get_completions(f"{name}:") == [f"{name}:{value}" for value in field.values]


@given(lines, st.integers(0, 50))
def test_a_completion_only_inserts_text(line: str, cursor: int) -> None:
    cursor = min(cursor, len(line))
    for completion in complete_query(line, cursor, SOURCES):
        assert completion.text[: completion.cursor].endswith(completion.label)
        assert line.endswith(completion.text[completion.cursor :])
