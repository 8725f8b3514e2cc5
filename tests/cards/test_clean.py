"""Tests of the one place where the data of a source becomes a card."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.cards.clean import MAX_AUTHORS, MAX_TITLE, clean_date, clean_title, make_card
from importai_tui.errors import NoCardError
from importai_tui.model import LinkKind, Paragraph, Span
from importai_tui.works.card import BodyFormat, Card, CardDraft, CardTarget

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
TARGET = CardTarget("https://example.org/otters", "https://example.org/otters", LinkKind.POST)
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def make(draft: CardDraft, target: CardTarget = TARGET) -> Card:
    return make_card(draft, target, "Sea", NOW)


def test_all_fields() -> None:
    draft = CardDraft(
        title=" Otters\n sleep ", authors=("Ann Sea", "Bo Shore"), published="2026-02-03T01:02:03Z", venue="J. Otters",
        license="CC BY 4.0", url="https://sea.example/otters", pdf_url="https://sea.example/otters.pdf",
        doi="https://doi.org/10.1234/Otters.1", facts=("3 stars",), body="They hold hands.", kind=LinkKind.PAPER,
    )  # fmt: skip
    assert make(draft) == Card(
        work=TARGET.work, kind=LinkKind.PAPER, title="Otters sleep", url="https://sea.example/otters", source="Sea",
        fetched_at="2026-11-30T09:30:00Z", authors=("Ann Sea", "Bo Shore"), published="2026-02-03", venue="J. Otters",
        license="CC BY 4.0", pdf_url="https://sea.example/otters.pdf", doi="10.1234/otters.1", facts=("3 stars",),
        blocks=(Paragraph((Span("They hold hands."),)),),
    )  # fmt: skip


def test_missing_fields() -> None:
    assert make(CardDraft(title="Otters")) == Card(
        TARGET.work, LinkKind.POST, "Otters", "https://example.org/otters", "Sea", "2026-11-30T09:30:00Z"
    )
    assert make(CardDraft(body="Text")).title == ""


@pytest.mark.parametrize("title", ["", " \n", "\x1b[31m", "<i></i>"])
def test_no_title_and_no_text(title: str) -> None:
    with pytest.raises(NoCardError, match="neither a title nor a text"):
        make(CardDraft(title=title, body=" "))


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("On <i>E. lutris</i> &amp;amp; CO<sub>2</sub>", "On E. lutris & CO₂"),
        ("The <think> token", "The <think> token"),
        ("A < B > C &lt;b&gt;bold&lt;/b&gt;", "A < B > C bold"),
        (r"An $O(n^2)$ {\o}re", "An O(n²) øre"),
        ("a\x1b]0;evil\x07b\u202ec&#155;31md", "abc›31md"),
        ("<jats:italic>x</jats:italic> <mml:math><mml:mi>y</mml:mi></mml:math>", "x y"),
    ],
)
def test_titles(raw: str, title: str) -> None:
    assert clean_title(raw) == title


def test_long_fields_are_shortened() -> None:
    card = make(CardDraft(title="x" * 10_000, facts=("y" * 5_000,) * 2 + tuple(map(str, range(100)))))
    assert len(card.title) == MAX_TITLE
    assert len(card.facts) == 12
    assert max(map(len, card.facts)) == 120


def test_many_authors() -> None:
    card = make(CardDraft(title="x", authors=tuple(f"Author {n}" for n in range(1_234))))
    assert len(card.authors) == MAX_AUTHORS
    assert card.facts == ("1,234 authors",)
    assert make(CardDraft(title="x", authors=("A", "", "A", "\x00", "B"))).authors == ("A", "B")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2026", "2026"), ("2026-02", "2026-02"), ("2026-02-03", "2026-02-03"), ("2026-02-03 10:00", "2026-02-03"),
        ("February 3, 2026", "2026-02-03"), ("2026-13", None), ("2026-02-30", None), ("0000", None), ("9999", None),
        ("20260203", None), ("soon", None), ("", None), (None, None), ("٢٠٢٦", None),
    ],
)  # fmt: skip
def test_dates(raw: str | None, day: str | None) -> None:
    assert clean_date(raw, 2030) == day


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "https://a@b.example/", "x", "https://"])
def test_unsafe_urls_are_dropped(url: str) -> None:
    card = make(CardDraft(title="x", url=url, pdf_url=url))
    assert (card.url, card.pdf_url) == (TARGET.url, None)
    assert make(CardDraft(title="x", url=url), CardTarget("w", None)).url == ""


@pytest.mark.parametrize("doi", ["10.1/x", "10.1234", "ten", "10.1234/a b", "https://evil.example/10.1234/x"])
def test_invalid_dois_are_dropped(doi: str) -> None:
    assert make(CardDraft(title="x", doi=doi)).doi is None


def test_first_heading_repeats_the_title() -> None:
    draft = CardDraft(title="Otters", body="# otters\n\nText\n\n# Otters", body_format=BodyFormat.MARKDOWN)
    assert make(draft).text == "Text\n\nOtters"


RAW = st.text() | st.sampled_from(
    ["\x1b]52;c;x\x07", "\x9b31m", "\u202eabc", "[/]", "[@click=app.quit]x[/]", "&#27;[2J", "&amp;#27;]0;x", "a\x00b",
     "https://example.org/\x1b[31m", "$\\frac{", "<i>", "2026-01-01\x1b[", "10.1234/\x1b", "\ud800", "x" * 3_000]
)  # fmt: skip


@given(st.builds(
    CardDraft, title=RAW, authors=st.tuples(RAW, RAW), published=RAW, venue=RAW, license=RAW, url=RAW, pdf_url=RAW,
    doi=RAW, facts=st.tuples(RAW, RAW), body=RAW, body_format=st.sampled_from(BodyFormat), base_url=RAW,
))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_every_field_is_clean(draft: CardDraft) -> None:
    try:
        card = make(draft)
    except NoCardError:
        return
    for field in fields(card):
        value = getattr(card, field.name)
        for text in (value,) if isinstance(value, str) else value or ():
            if isinstance(text, str):
                assert not FORBIDDEN.search(text), field.name
                assert len(text) <= MAX_TITLE or "url" in field.name
    assert not FORBIDDEN.search(card.text.replace("\n", "").replace("\t", ""))
