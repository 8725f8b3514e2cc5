"""Telling a document's form by its bytes, and refusing what is no issue with one clear sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.formats import MAX_PAGE_BYTES, TextFormat, decode, detect_format
from importai_tui.parse.pipeline import parse_issue
from importai_tui.parse.text import normalise_emphasis
from tests.parse.pages import BODY, WELCOME, story_html

TEXT = f"Import AI 7: Sheep\n\nWelcome to Import AI, please subscribe.\nSheep are counted:\n…Baa…\n{BODY}\n"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"{WELCOME}<p>{story_html()}</p>", TextFormat.HTML),
        (f"<!DOCTYPE html><html><body>{story_html()}</body></html>", TextFormat.HTML),
        ("---\ntitle: x\n---\n\n**Sheep:**\n*…Baa…*\n", TextFormat.MARKDOWN),
        ("**Sheep:**\n*…Baa…*\n\nSee [this](https://example.org).\n", TextFormat.MARKDOWN),
        (TEXT, TextFormat.TEXT),
        ("1 < 2 and a <b> in prose", TextFormat.TEXT),
    ],
)
def test_the_content_tells_the_form(text: str, form: TextFormat) -> None:
    assert detect_format(text) is form


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "is binary"),
        (bytes(range(256)) * 40, "is binary"),
        (b"PK\x03\x04" + bytes(30), "breaks off"),
        (b"x" * (MAX_PAGE_BYTES + 1), "MB"),
        (b"Dear diary, nothing happened today. " * 20, "no issue of the newsletter"),
        (b"<p>" + b"<div>" * 5000 + b"deep", "nested"),
        (b"<p>" + b"<i>x</i>" * 40_000, "tags"),
        (b'{"a": 1}', "JSON"),
        (b"<?xml version='1.0'?><rss><channel></channel></rss>", "holds nothing"),
    ],
)
def test_what_is_no_issue_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInputError, match=reason):
        parse_issue(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_issue_is_read_in_every_encoding_that_occurs(encoding: str) -> None:
    assert parse_issue(TEXT.encode(encoding)).stories[0].tagline == "…Baa…"


def test_a_file_cut_in_the_middle_of_a_letter_is_read_up_to_there() -> None:
    assert decode("Sheep …".encode()[:-1]) == "Sheep "


def test_the_title_of_a_copied_page_gives_number_and_title() -> None:
    issue = parse_issue(TEXT.encode())
    assert (issue.number, issue.title, issue.slug) == (7, "Import AI 7: Sheep", "import-ai-7-sheep")


def test_an_issue_that_names_itself_nowhere_is_called_after_its_headlines() -> None:
    issue = parse_issue(f"{WELCOME}<p>{story_html()}</p><p>***</p><p>{story_html('Goats:')}</p>".encode())
    assert (issue.number, issue.title, issue.slug) == (
        None,
        "Sheep counted by machine; Goats",
        "sheep-counted-by-machine-goats",
    )


def test_what_is_said_from_outside_wins() -> None:
    issue = parse_issue(TEXT.encode(), number=8, title="Import AI 8: Goats", date="2031-01-02")
    assert (issue.number, issue.title, issue.date, issue.ref) == (8, "Import AI 8: Goats", "2031-01-02", "8")


def test_front_matter_gives_title_date_and_address() -> None:
    front = '---\ntitle: "ImportAI 449: Sheep"\ndate: 2026-03-16\nurl: "https://importai.substack.com/p/x"\n---\n'
    issue = parse_issue(f"{front}\n**Sheep:**\n*…Baa…*\n\n{BODY}\n".encode())
    assert (issue.number, issue.date, issue.url) == (449, "2026-03-16", "https://importai.substack.com/p/x")


def test_a_saved_page_gives_its_post_and_nothing_around_it() -> None:
    page = (
        "<html><head><title>Import AI 7: Sheep | Import AI </title>"
        '<meta property="article:published_time" content="2031-01-02T10:00:00+00:00">'
        '<link rel="canonical" href="https://jack-clark.net/2031/01/02/sheep/"></head><body><nav>Menu</nav>'
        f'<div class="entry-content">{WELCOME}<p>{story_html()}</p><div id="jp-post-flair">Like this</div></div>'
        "<div>Related: goats</div></body></html>"
    )
    issue = parse_issue(page.encode())
    assert (issue.number, issue.title, issue.date) == (7, "Import AI 7: Sheep", "2031-01-02")
    assert issue.url == "https://jack-clark.net/2031/01/02/sheep/"
    assert [s.text for s in issue.stories] == [BODY]


# --- broken copies ---------------------------------------------------------------------------------------------------


def test_a_copy_that_breaks_at_every_link_is_put_together() -> None:
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


def test_bold_that_runs_through_empty_lines_is_bold_in_each_paragraph() -> None:
    assert normalise_emphasis("**a\n\n\nb** c") == "<strong>a</strong>\n\n\n<strong>b</strong> c"


def test_a_mark_behind_a_line_end_still_closes() -> None:
    assert normalise_emphasis("**Sheep:  \n**_…Baa…  \n_ Body") == "<strong>Sheep:  \n</strong><em>…Baa…  \n</em> Body"


@pytest.mark.parametrize(
    "text", ["2 * 3 and snake_case_name", r"\*\*\* and \_x\_", "* item\n* item", "`a * b * c`", "***"]
)
def test_stars_that_are_no_emphasis_stay(text: str) -> None:
    assert normalise_emphasis(text) == text


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("*_a \n[]()<>p/#…:.-&;\\`\x1b"), max_size=120))
def test_no_text_breaks_a_reader(text: str) -> None:
    for page in (text, "<p>" + text + "</p><p></p>", "---\ntitle: x\n---\n" + text):
        try:
            parse_issue(page.encode(), number=1)
        except UnreadableInputError:
            continue


def test_the_addresses_of_plain_text_mail_stand_behind_their_words() -> None:
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
