"""Front matter in YAML and TOML, and the days that pages state."""

from __future__ import annotations

import pytest

from importai_tui.parse.dates import parse_day
from importai_tui.parse.front_matter import read_front_matter
from importai_tui.parse.pipeline import parse_issue

BODY = "Welcome to Import AI, please subscribe.\n\n**Sheep are counted:**\n*…Baa…*\nA machine counts sheep.\n"
URL = "https://importai.substack.com/p/import-ai-801"


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        (
            r'title: "Import AI 801: \"Quoted\" words, a tab\tand caf\u00e9"',
            'Import AI 801: "Quoted" words, a tab and café',
        ),
        ("title: 'Import AI 801: It''s a sheep'", "Import AI 801: It's a sheep"),
        ("title: >-\n  Import AI 801: A folded\n  title", "Import AI 801: A folded title"),
        ("Title: Import AI 801 - Capitals", "Import AI 801 - Capitals"),
        ("title: Import AI 801: Sheep; an unquoted colon", "Import AI 801: Sheep; an unquoted colon"),
        ('title: "Import AI 801: Sheep - by Jack Clark - Import AI"', "Import AI 801: Sheep"),
    ],
)
def test_title_is_read_as_yaml(fields: str, title: str) -> None:
    issue = parse_issue(f"---\n{fields}\n---\n\n{BODY}".encode())
    assert (issue.title, issue.number) == (title, 801)


@pytest.mark.parametrize(
    "fields",
    [
        f"date: 2026-01-05\nurl: {URL}",
        f'date: "2026-01-05T10:00:00Z"\nlink: {URL}',
        f"published: January 5, 2026\nsource: {URL}\ncreated: 2026-02-01",
        f"publish_date: Mon, 5 Jan 2026\ncanonical_url: {URL}",
        f"Date: Jan 5th, 2026\nURL: {URL}",
    ],
)
def test_date_and_url_have_several_names(fields: str) -> None:
    front = read_front_matter(f"---\n{fields}\n---\n{BODY}")
    assert front
    assert (front.date, front.url) == ("2026-01-05", URL)


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "Import AI 801: Sheep"\ndate = 2026-01-05\n+++\n\n',
        "---  \ntitle: 'Import AI 801: Sheep'\ndate: 2026-01-05\n---  \n",
        "---\ntitle: 'Import AI 801: Sheep'\ndate: 2026-01-05\n...\n",
        "\n---\ntitle: Sheep\nnumber: 801\ndate: 2026-01-05\n---\n",
    ],
)
def test_front_matter_has_several_forms(text: str) -> None:
    issue = parse_issue((text + BODY).encode())
    assert (issue.number, issue.date) == (801, "2026-01-05")


@pytest.mark.parametrize(
    "text", ["", "---\n\nWords.\n\n---\n", "--- \n- a\n- b\n---\n", "---\ntitle: x\n", "+++\n= [\n+++\n"]
)
def test_text_without_fields_has_no_front_matter(text: str) -> None:
    assert read_front_matter(text) is None


def test_values_that_are_no_texts_are_ignored() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: [*c, *c]\n"
    front = read_front_matter(f"---\n{bomb}number: many\nurl: javascript:alert(1)\ndate: 5/1/2026\n---\n")
    assert front
    assert (front.title, front.number, front.url, front.date) == (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026-01-05 10:00", "2026-01-05"),
        ("August 10, 2026", "2026-08-10"),
        ("Sept. 3, 2026", "2026-09-03"),
        ("3 September 2026", "2026-09-03"),
        ("Tuesday, September 3rd, 2026", "2026-09-03"),
        ("2026-13-05", None),
        ("5/1/2026", None),
        ("January", None),
        ("", None),
    ],
)
def test_days_are_read_in_digits_and_words(text: str, day: str | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "lines", ["Published:\nAugust 10, 2026", "Posted on August 10, 2026", "Published August 10, 2026 by Jack Clark"]
)
@pytest.mark.parametrize("is_head", [True, False], ids=["head", "foot"])
def test_date_in_the_text_of_a_page_is_read(lines: str, *, is_head: bool) -> None:
    body = "Welcome to Import AI, please subscribe.\nSheep are counted:\n…Baa…\n" + "A machine counts sheep.\n" * 30
    text = f"Import AI 7: Sheep\n{lines}\n{body}" if is_head else f"Import AI 7: Sheep\n{body}{lines}\n"
    assert parse_issue(text.encode()).date == "2026-08-10"


def test_date_inside_a_story_is_not_the_date() -> None:
    text = "Import AI 7: Sheep\nWelcome to Import AI, please subscribe.\nSheep are counted:\n…Baa…\n"
    filler = "A machine counts sheep.\n" * 20
    assert parse_issue(f"{text}{filler}Published:\nAugust 10, 2026\n{filler * 2}".encode()).date is None


def test_nested_brackets_do_not_hide_the_title() -> None:
    front = read_front_matter(f"---\ntitle: Import AI 7\nx: {'[' * 5_000}\n---\n")
    assert front is not None
    assert front.title == "Import AI 7"
