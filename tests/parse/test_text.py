"""Markdown and plain text are read into lines, after damage by converters and mail programs is repaired."""

from __future__ import annotations

import pytest

from importai_tui.parse.pipeline import parse_issue
from importai_tui.parse.text import normalise_emphasis
from tests.parse.pages import BODY


def test_lines_broken_at_links_are_rejoined() -> None:
    text = (
        "Import AI 7: Sheep\n\nWelcome to Import AI, please\nsubscribe\n.\nSheep:\n…Baa…\n"
        "You can count\nsheep here\n. It is the kind of thing (\nImport AI #3\n) one does.\n"
        "Why this matters – sleep\n: We need it.\nRead more:\nOn Sheep (arXiv)\n.\n***\n"
        f"Tech Tales:\nThe Shepherd\n[2031]\n{BODY}"
    )
    first, tale = parse_issue(text.encode()).stories
    assert first.text.split("\n\n") == [
        "You can count sheep here. It is the kind of thing (Import AI #3) one does.",
        "Why this matters – sleep: We need it.",
        "Read more: On Sheep (arXiv).",
    ]
    assert (tale.headline, tale.tagline, tale.text) == ("The Shepherd", "[2031]", BODY)


def test_bold_across_empty_lines_applies_to_each_paragraph() -> None:
    assert normalise_emphasis("**a\n\n\nb** c") == "<strong>a</strong>\n\n\n<strong>b</strong> c"


def test_mark_after_a_line_end_closes_emphasis() -> None:
    assert normalise_emphasis("**Sheep:  \n**_…Baa…  \n_ Body") == "<strong>Sheep:  \n</strong><em>…Baa…  \n</em> Body"


@pytest.mark.parametrize(
    "text", ["2 * 3 and snake_case_name", r"\*\*\* and \_x\_", "* item\n* item", "`a * b * c`", "***"]
)
def test_stars_without_emphasis_are_unchanged(text: str) -> None:
    assert normalise_emphasis(text) == text


def test_bracketed_urls_of_plain_text_become_links() -> None:
    text = (
        "Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n"
        "It is as we said (Import AI #3 [ https://jack-clark.net/1 ]).\n"
        "Read more: On Counting Sheep (arXiv) [ https://arxiv.org/abs/1706.03762 ].\n"
    )
    (found,) = parse_issue(text.encode()).stories
    assert [(link.text, str(link.role)) for link in found.links] == [
        ("Import AI #3", "inline"),
        ("On Counting Sheep (arXiv)", "read-more"),
    ]
    assert found.text.endswith("Read more: On Counting Sheep (arXiv).")


def test_call_without_a_colon_cites_the_whole_title() -> None:
    head = "Import AI 99: Sheep\nWelcome to Import AI, please subscribe.\nSheep counted:\n…Baa…\n"
    (story,) = parse_issue(f"{head}{BODY}\nRead more On Counting Sheep (Nature).\n".encode()).stories
    assert [link.text for link in story.links] == ["On Counting Sheep (Nature)"]


def test_label_of_two_words_says_why_it_matters() -> None:
    head = "Import AI 99: Sheep\nWelcome to Import AI, please subscribe.\nSheep counted:\n…Baa…\n"
    (story,) = parse_issue(f"{head}{BODY}\nWhy it matters:\n{BODY}\n".encode()).stories
    assert story.why


def test_bold_that_opens_alone_on_a_line_keeps_links() -> None:
    head = "Welcome to Import AI, please subscribe.\n\n**  \nSheep counted:  \n**_…Baa…  \n_ They [do](https://sheep.example/do).\n"
    (story,) = parse_issue(f"---\ntitle: Import AI 7\n---\n{head}".encode()).stories
    assert (story.headline, story.text) == ("Sheep counted", "They do.")
    assert [link.url for link in story.links] == ["https://sheep.example/do"]


def test_foot_of_plain_mail_is_dropped() -> None:
    head = "Welcome to Import AI. Subscribe here (http://eepurl.com/abc) .\n\nSheep counted:\n…Baa…\n"
    foot = f"{'=' * 60}\n** Twitter (https://twitter.example)\nCopyright © 2020 Import AI, All rights reserved.\n"
    (story,) = parse_issue(
        f"Import AI 7: Sheep\n\n{head}{BODY}\n\n{foot}Our mailing address is:\nA barn\n".encode()
    ).stories
    assert (story.text, story.links) == (BODY, ())
