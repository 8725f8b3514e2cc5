"""Formats and encodings are detected; other documents are refused with a reason."""

from __future__ import annotations

import pytest

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.formats import MAX_PAGE_BYTES, TextFormat, decode, detect_format
from importai_tui.parse.pipeline import parse_issue
from tests.parse.pages import PLAIN_TEXT, WELCOME, story_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{WELCOME}<p>{story_html()}</p>", TextFormat.HTML),
        (f"<!DOCTYPE html><html><body>{story_html()}</body></html>", TextFormat.HTML),
        ("---\ntitle: x\n---\n\n**Sheep:**\n*…Baa…*\n", TextFormat.MARKDOWN),
        ("**Sheep:**\n*…Baa…*\n\nSee [this](https://example.org).\n", TextFormat.MARKDOWN),
        (PLAIN_TEXT, TextFormat.TEXT),
        ("1 < 2 and a <b> in prose", TextFormat.TEXT),
    ],
)
def test_format_is_detected_from_the_content(text: str, expected: TextFormat) -> None:
    assert detect_format(text) is expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b" \n\t ", "empty file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "binary file"),
        (bytes(range(256)) * 40, "binary file"),
        (b"PK\x03\x04" + bytes(30), "incomplete or damaged zip"),
        (b"x" * (MAX_PAGE_BYTES + 1), "MB"),
        (b"Dear diary, nothing happened today. " * 20, "doesn't look like an Import AI issue"),
        (b"<p>" + b"<div>" * 5000 + b"deep", "nested"),
        (b"<p>" + b"<i>x</i>" * 40_000, "tags"),
        (b'{"a": 1}', "JSON"),
        (b"<?xml version='1.0'?><rss><channel></channel></rss>", "contains no page"),
    ],
)
def test_other_documents_are_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInputError, match=reason):
        parse_issue(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_issue_is_read_in_every_common_encoding(encoding: str) -> None:
    assert parse_issue(PLAIN_TEXT.encode(encoding)).stories[0].tagline == "…Baa…"


def test_file_cut_inside_a_character_is_read() -> None:
    assert decode("Sheep …".encode()[:-1]) == "Sheep "
