"""Mails, mailboxes, feeds, JSON and exports give their pages and metadata."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importai_tui.errors import NotAnIssueError, UnreadableInputError
from importai_tui.parse.containers import read_documents
from importai_tui.parse.formats import Document
from importai_tui.parse.pipeline import parse_issue, parse_issues
from tests.parse.pages import BODY, WELCOME, story_html

PAGE = f"{WELCOME}<p>{story_html()}</p>"
MAIL = (
    "From: Jack from Import AI <x@substack.com>\r\nSubject: =?utf-8?q?Import_AI_7=3A_Sheep?=\r\n"
    "Date: Mon, 05 Oct 2026 12:31:00 +0000\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    "View this post on the web at https://importai.substack.com/p/import-ai-7-sheep\r\n\r\nSheep.\r\n--b\r\n"
    f"Content-Type: text/html; charset=utf-8\r\n\r\n{PAGE}\r\n--b--\r\n"
)
RSS = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>x</title><item><title>Import AI 7: Sheep &amp; goats</title><link>https://importai.substack.com/p/seven</link>"
    "<pubDate>Mon, 05 Oct 2026 12:31:00 GMT</pubDate>"
    f"<content:encoded><![CDATA[{PAGE}]]></content:encoded></item></channel></rss>"
)
POST = {
    "id": 1,
    "date_gmt": "2026-10-05T12:31:00",
    "link": "https://jack-clark.net/2026/10/05/seven/",
    "title": {"rendered": "Import AI 7: Sheep &#038; goats"},
    "content": {"rendered": PAGE},
}


def zipped(**files: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def only(data: bytes) -> Document:
    (found,) = read_documents(data)
    return found


def test_page_is_one_document() -> None:
    assert only(PAGE.encode()) == Document(PAGE.encode())


def test_mail_gives_its_html_part_and_headers() -> None:
    found = only(MAIL.encode())
    assert found.data.decode().strip() == PAGE
    assert (found.title, found.date) == ("Import AI 7: Sheep", "2026-10-05")
    assert found.url == "https://importai.substack.com/p/import-ai-7-sheep"


def test_only_the_post_of_a_mail_is_parsed() -> None:
    bar = "<table><tr><td>READ IN APP</td><td><a href='https://substack.com/app-link/post?post_id=1'>Like</a></td></tr></table>"
    page = f"<html><body><div style='display:none'>Pre</div>{bar}<div class='body markup' dir='auto'>{PAGE}</div>"
    foot = "<p>548 Market Street</p><a href='https://substack.com/redirect/2/x'>Unsubscribe</a></body></html>"
    (found,) = parse_issues(MAIL.replace(PAGE, page + foot).encode())
    assert found.report is not None
    issue = found.report.issue
    assert [s.text for s in issue.stories] == [BODY]
    assert (issue.number, issue.date, issue.stories[0].links) == (7, "2026-10-05", ())


def test_mailbox_gives_each_message() -> None:
    box = f"From x@y Mon Oct  5 12:31:00 2026\n{MAIL}\nFrom x@y Mon Oct 12 12:31:00 2026\n{MAIL}".replace("\r\n", "\n")
    assert [found.name_in_container for found in read_documents(box.encode())] == ["message 1", "message 2"]


def test_feed_gives_its_entries() -> None:
    found = only(RSS.encode())
    assert (found.title, found.date) == ("Import AI 7: Sheep & goats", "2026-10-05")
    assert found.data.decode() == PAGE


@pytest.mark.parametrize("answer", [[POST], POST, {"posts": [POST], "found": 1}])
def test_rest_response_gives_its_posts(answer: object) -> None:
    found = only(json.dumps(answer).encode())
    assert (found.title, found.date) == ("Import AI 7: Sheep & goats", "2026-10-05")
    assert found.url == "https://jack-clark.net/2026/10/05/seven/"


@pytest.mark.parametrize("folder", ["", "export/"])
def test_export_gives_only_its_posts(folder: str) -> None:
    table = "post_id,post_date,is_published,title\n123.seven,2026-10-05T12:31:00Z,true,Import AI 7: Sheep\n"
    data = zipped(
        **{
            f"{folder}posts.csv": table,
            f"{folder}posts/123.seven.html": PAGE,
            f"{folder}posts/123.seven.opens.csv": "reader@example.org",
            f"{folder}email_list.x.csv": "reader@example.org",
            "posts/..\\..\\w.html": "evil",
            "../../posts/9.html": "evil",
        }
    )
    found = only(data)
    assert (found.title, found.date, found.name_in_container) == ("Import AI 7: Sheep", "2026-10-05", "123.seven.html")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 not a zip", "incomplete"),
        (zipped(**{"readme.txt": "x"}), "without posts"),
        (zipped(**{"posts/1.html": b"0" * 30_000_000}), "too large when unpacked"),
        (b'{"a": 1}', "without posts"),
        (b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x "y">]><rss><channel></channel></rss>', "entity declarations"),
        (b"<rss><channel><item><title>x</tit", "incomplete"),
    ],
)
def test_broken_container_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableInputError, match=reason):
        list(read_documents(data))


@settings(max_examples=80)
@given(st.sampled_from([MAIL, RSS, json.dumps([POST])]), st.integers(0, 600), st.binary(max_size=6))
def test_damaged_container_is_read_or_refused(whole: str, at: int, damage: bytes) -> None:
    data = whole.encode()
    try:
        list(read_documents(data[:at] + damage + data[at + len(damage) :]))
    except UnreadableInputError:
        return


@settings(max_examples=60)
@given(st.integers(0, 400), st.binary(max_size=8))
def test_damaged_export_is_read_or_refused(at: int, damage: bytes) -> None:
    data = zipped(**{"posts.csv": "post_id,title\n1,x\n", "posts/1.html": PAGE})
    try:
        list(read_documents(data[:at] + damage + data[at + len(damage) :]))
    except UnreadableInputError:
        return


def published(data: bytes) -> list[str | None]:
    """Return the titles of the published pages."""
    return [document.title for document in read_documents(data) if not document.unpublished_reason]


@pytest.mark.parametrize(
    ("row", "is_published"),
    [
        ("2026-01-05T08:00:00.000Z,true", True),
        ("2026-01-05T08:00:00.000Z,TRUE", True),
        ("2026-01-05T08:00:00.000Z,", True),
        (",true", True),
        (",false", False),
        ("2026-01-05T08:00:00.000Z,False", False),
        ("2026-01-05T08:00:00.000Z,0", False),
        ("2099-01-05T08:00:00.000Z,true", False),
        ("2099-01-05T08:00:00.000Z,false", False),
    ],
)
def test_drafts_of_an_export_are_unpublished(row: str, is_published: bool) -> None:
    data = zipped(**{"posts.csv": f"post_id,post_date,is_published,title\n1,{row},x\n", "posts/1.html": PAGE})
    assert published(data) == (["x"] if is_published else [])


def test_export_without_a_draft_column_is_published() -> None:
    assert published(zipped(**{"posts.csv": "post_id,title\n1,x\n", "posts/1.html": PAGE})) == ["x"]


@pytest.mark.parametrize(
    ("fields", "is_published"),
    [
        ({"status": "publish"}, True),
        ({"status": "private"}, True),
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": "future", "date_gmt": "2099-01-05T08:00:00"}, False),
        ({"is_published": True}, True),
        ({"is_published": False}, False),
    ],
)
def test_drafts_of_a_rest_response_are_unpublished(fields: dict[str, object], is_published: bool) -> None:
    post = {"title": "x", "content": {"rendered": PAGE}} | fields
    assert published(json.dumps([post]).encode()) == (["x"] if is_published else [])


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/p/seven", "JAVASCRIPT:x"])
def test_issue_url_must_be_a_web_address(link: str) -> None:
    data = json.dumps([{"title": "x", "link": link, "content": {"rendered": PAGE}}]).encode()
    assert parse_issue(data).url is None


def test_draft_is_no_issue() -> None:
    data = zipped(**{"posts.csv": "post_id,is_published\n1,false\n", "posts/1.html": PAGE})
    with pytest.raises(NotAnIssueError, match="a draft"):
        parse_issue(data)


def test_unreadable_message_does_not_hide_the_others() -> None:
    bad = "Subject: x\r\nDate: y\r\nMIME-Version: 1.0\r\n\r\n" + "--b\r\n" * 1_500
    mailbox = "".join(f"From x\r\n{mail}\r\n\r\n" for mail in (MAIL, bad, MAIL))
    first, second, third = read_documents(mailbox.encode())
    assert (first.problem, third.problem) == ("", "")
    assert "parts" in second.problem


@pytest.mark.parametrize("charset", ["punycode", "idna", "zip_codec", "unicode_escape"])
def test_codec_that_is_no_charset_is_not_used(charset: str) -> None:
    head, _, body = MAIL.rpartition("charset=utf-8")
    assert only(f"{head}charset={charset}{body}".encode()).data.strip() == PAGE.encode()


def test_mail_with_endless_headers_is_refused() -> None:
    assert "headers" in only(b"From a\nSubject: b\n" + b"From \n" * 100_000).problem


def test_unreadable_post_does_not_hide_the_others() -> None:
    members: dict[str, bytes | str] = {"posts/1.html": PAGE, "posts/2.html": b"0" * 30_000_000, "posts/3.html": PAGE}
    data = zipped(**members)
    assert [bool(found.problem) for found in read_documents(data)] == [False, True, False]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_may_start_with_a_byte_order_mark(encoding: str) -> None:
    assert only(json.dumps([POST]).encode(encoding)).date == "2026-10-05"


def test_truncated_json_is_refused() -> None:
    with pytest.raises(UnreadableInputError, match="incomplete"):
        list(read_documents(json.dumps([POST]).encode()[:-9]))


def test_json_with_only_brackets_is_refused() -> None:
    with pytest.raises(UnreadableInputError):
        list(read_documents(b"[" + b'{"":0},' * 30_000 + json.dumps(POST).encode() + b"]"))
