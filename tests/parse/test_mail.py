"""Mails as programs and services save and forward them."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from importai_tui.model import GivenFacts, Issue
from importai_tui.parse.mail import strip_preface, unflow
from importai_tui.parse.pipeline import parse_issues
from tests.parse.pages import WELCOME, story_html

PAGE = f"{WELCOME}<p>{story_html()}</p><p>***</p><p>{story_html('Goats jump:', 'They do.')}</p>"
SUBJECT = "Import AI 530: Sheep"


def make_mail(subject: str = SUBJECT, page: str = PAGE, date: str = "Mon, 05 Jan 2026 08:00:00 +0000") -> EmailMessage:
    """Return a mail of the newsletter."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Jack <a@example.org>", "me@example.org", subject
    message["Date"] = date
    message.set_content("View this post on the web at https://importai.substack.com/p/import-ai-530\n\nplain text")
    message.add_alternative(page, subtype="html")
    return message


def parse_mail(data: bytes) -> Issue:
    """Parse a mail with one issue."""
    (result,) = parse_issues(data, "mail.eml", GivenFacts())
    assert result.report, result.reason
    return result.report.issue


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\n", b"\r\n\r\n", b"Microsoft Mail Internet Headers Version 2.0\n"],
    ids=["byte order mark", "empty line", "two empty lines", "banner"],
)
def test_lines_before_the_headers_are_skipped(before: bytes) -> None:
    issue = parse_mail(before + make_mail().as_bytes())
    assert (issue.number, issue.date, len(issue.stories)) == (530, "2026-01-05", 2)


def test_apple_mail_file_ends_after_its_length() -> None:
    mail = make_mail().as_bytes()
    issue = parse_mail(f"{len(mail)}\n".encode() + mail + b'<?xml version="1.0"?><plist><string>flags</string></plist>')
    assert issue.number == 530
    assert "flags" not in issue.stories[-1].text


@pytest.mark.parametrize(
    "text", ["Sheep: a\nGoats: b\nCows: c\n\n", "A line\nTitle: a\nPublished: b\nAuthor: c\n\n", "5\n"]
)
def test_text_with_colons_is_no_mail(text: str) -> None:
    assert strip_preface(b"\n" + text.encode()) is None


@pytest.mark.parametrize("prefix", ["Fwd: ", "FW: ", "WG: ", "Fwd: Re: ", "[reading] Fwd: "])
def test_forwarded_mail_has_its_own_title_and_no_date(prefix: str) -> None:
    issue = parse_mail(make_mail(prefix + SUBJECT, date="Fri, 13 Mar 2026 08:00:00 +0000").as_bytes())
    assert (issue.number, issue.title, issue.date) == (530, SUBJECT, None)


@pytest.mark.parametrize(
    "line",
    [
        "Date: Mon, Jan 5, 2026 at 2:31 PM",
        "Sent: Monday, January 5, 2026 8:00 AM",
        "Date: Mon, 5 Jan 2026 08:00:00 +0000",
    ],
)
def test_date_above_a_forwarded_mail_is_its_date(line: str) -> None:
    head = f"<div>FYI<br>---------- Forwarded message ---------<br>From: <b>Jack</b><br>{line}<br>Subject: x<br></div>"
    issue = parse_mail(make_mail(f"Fwd: {SUBJECT}", head + PAGE, "Fri, 13 Mar 2026 08:00:00 +0000").as_bytes())
    assert issue.date == "2026-01-05"
    assert "FYI" not in issue.stories[0].text


def test_attached_mail_is_read() -> None:
    outer = EmailMessage()
    outer["From"], outer["Subject"], outer["Date"] = "b@example.org", "Fwd: look", "Fri, 13 Mar 2026 08:00:00 +0000"
    outer.set_content("See attached.")
    outer.add_attachment(make_mail())
    issue = parse_mail(outer.as_bytes())
    assert (issue.number, issue.date) == (530, "2026-01-05")


def test_saved_web_page_has_its_own_date() -> None:
    meta = '<meta property="article:published_time" content="2026-01-05T08:00">'
    head = f"<html><head><title>Import AI 511: Saved</title>{meta}"
    text = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://importai.substack.com/p/import-ai-511\n"
        "Subject: Import AI 511: Saved\nDate: Tue, 3 Feb 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/related; boundary="B"\n\n--B\nContent-Type: text/html\n\n'
        f"{head}</head><body>{PAGE}\n--B--\n"
    )
    issue = parse_mail(text.encode())
    assert (issue.number, issue.date, issue.url) == (511, "2026-01-05", "https://importai.substack.com/p/import-ai-511")


@pytest.mark.parametrize(
    ("text", "options", "result"),
    [
        ("One line \ncontinues.\nAnother.", {}, "One line continues.\nAnother."),
        ("Broken \nword", {"delete_space": True}, "Brokenword"),
        (" From here\n-- \nJack", {}, "From here\n-- \nJack"),
    ],
)
def test_flowed_lines_are_joined(text: str, options: dict[str, bool], result: str) -> None:
    assert unflow(text, **options) == result


def test_flowed_mail_has_its_links() -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "a@example.org", SUBJECT, "Mon, 05 Jan 2026 08:00:00 +0000"
    lines = "Welcome to Import AI, please \nsubscribe.\nSheep:\n…Baa…\n"
    message.set_content(f"{lines}Seen at the farm [ \nhttps://a.example/x ] \ntoday.\n")
    message.set_param("format", "flowed")
    (story,) = parse_mail(message.as_bytes()).stories
    assert [link.url for link in story.links] == ["https://a.example/x"]
    assert story.text == "Seen at the farm today."


@pytest.mark.parametrize("charset", ["iso-8859-1", "us-ascii", "windows-1252"])
def test_quotation_marks_of_windows_survive(charset: str) -> None:
    page = PAGE.replace("They do.", "They’ll “do”.").encode("cp1252", "replace")
    head = f"From: a@example.org\nSubject: {SUBJECT}\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n"
    mail = f"{head}MIME-Version: 1.0\nContent-Type: text/html; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert parse_mail(mail.encode() + page).stories[1].text == "They’ll “do”."


def test_undecodable_base64_is_no_issue() -> None:
    mail = f"From: a@example.org\nSubject: {SUBJECT}\nMIME-Version: 1.0\nContent-Type: text/html\n"
    data = f"{mail}Content-Transfer-Encoding: base64\n\n*** Sheep: not base64 at all, in any way ***A\n"
    (result,) = parse_issues(data.encode(), "mail.eml", GivenFacts())
    assert result.report is None


def test_list_name_before_a_subject_is_removed() -> None:
    assert parse_mail(make_mail(f"[news] {SUBJECT}").as_bytes()).title == SUBJECT


def test_the_day_of_a_mail_without_a_zone_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert parse_mail(make_mail(date="Mon, 05 Jan 2026 01:00:00 -0000").as_bytes()).date == "2026-01-05"
    finally:
        monkeypatch.undo()
        time.tzset()
