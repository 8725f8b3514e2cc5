"""Each thing that can go wrong on the way, on the feed, on the posts and on the paged feed: what the reader is told,
and that everything that was there is there still."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from importai_tui.http.responses import Response
from importai_tui.sync.sources import MIRROR, SUBSTACK, Source
from tests.http.clients import SHORT, FakeTransport
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.syncing import (
    FEED,
    PAGES,
    POSTS,
    Play,
    Reader,
    made_issues,
    numbers,
    only,
    played_at,
    played_on_the_site,
    reading,
)

NEXT_STEP = re.compile(
    r"run the sync again (?:later|after 2\d{3}-\d\d-\d\d \d\d:\d\d UTC)\.$"
    r"|try again later(?:, or from another network)?\.$|try from another network\.$"
    r"|check the address\.$|give its own address as a source\.$",
    re.IGNORECASE,
)
"""How each message ends."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is played, what is told of it, and how long it is waited for in all."""

    play: Play
    told: str
    waited: float = 0.0

    @property
    def name(self) -> str:
        return self.told.replace(" ", "-")[:40]


EVERYWHERE = [
    Failure(failures.challenge_403, "puts a challenge before its answer"),
    Failure(failures.refused_403, "refuses this network with status 403 (Forbidden)"),
    Failure(failures.too_many, "has had too many requests, and was asked 4 times", 14),
    Failure(failures.too_many_page, "has had too many requests, and was asked 4 times", 14),
    Failure(lambda: failures.too_many("5"), "has had too many requests, and was asked 4 times", 18),
    Failure(lambda: failures.too_many("3600"), "asks for a pause of 60 min"),
    Failure(lambda: failures.too_many("Thu, 01 Jan 2200 00:00:00 GMT"), "asks for a pause of"),
    Failure(lambda: replace(failures.too_many("3600"), status=503), "asks for a pause of 60 min"),
    Failure(failures.server_error, "answers 500 (Internal Server Error), and was asked 3 times", 6),
    Failure(lambda: failures.server_error(502), "answers 502 (Bad Gateway), and was asked 3 times", 6),
    Failure(lambda: failures.moved("http://localhost:1/feed"), "leads on to localhost"),
    Failure(lambda: failures.moved("https://169.254.169.254/feed"), "leads on to 169.254.169.254"),
    Failure(lambda: failures.moved("https://10.0.0.1/feed", 302), "leads on to 10.0.0.1"),
    Failure(lambda: failures.moved("file:///etc/passwd"), "leads on to what is no plain web address"),
    Failure(failures.html_instead, "answers with a web page where"),
    Failure(lambda: failures.html_instead("application/xml"), "answers with a web page where"),
    Failure(lambda: failures.html_instead("application/json"), "answers with a web page where"),
    Failure(failures.nothing, "answers with something else where"),
    Failure(failures.truncated, "did not give a whole answer, and was asked 2 times", 2),
    Failure(failures.gzip_bomb, "sends more than 10 MB"),
    Failure(failures.silence, "fell silent before its answer was whole", 2),
    Failure(failures.dripping, "did not finish its answer"),
]
OF_FEEDS = [
    Failure(failures.broken_json, "answers with something else where a feed should be"),
    Failure(failures.empty_feed, "sends a feed without posts"),
    Failure(failures.doctype_feed, "sends a feed that declares a document type"),
    Failure(failures.broken_off_feed, "sends a feed that breaks off"),
    Failure(lambda: Reply(b"<rss><channel><title></rss>"), "sends a feed that is no XML"),
    Failure(lambda: Reply(status=410), "has no feed there (status 410)"),
    Failure(lambda: Reply(status=304), "answers 304 (Not Modified), which is no answer to the question"),
]
OF_POSTS = [
    Failure(failures.broken_json, "sends posts that break off or are damaged"),
    Failure(lambda: Reply(b"[" * 200_000), "sends posts that break off or are damaged"),
    Failure(lambda: Reply(b'{"posts": []}'), "sends something else than a list of posts"),
    Failure(lambda: Reply(b'{"code": "rest_invalid_param"}', 400), "does not give its posts (status 400)"),
]

CASES = [
    *[pytest.param(FEED, failure, id=f"feed {failure.name}") for failure in (*EVERYWHERE, *OF_FEEDS)],
    *[pytest.param(POSTS, failure, id=f"posts {failure.name}") for failure in (*EVERYWHERE, *OF_POSTS)],
    *[pytest.param(PAGES, failure, id=f"pages {failure.name}") for failure in (*EVERYWHERE, *OF_FEEDS[:-1])],
]
"""Where it is played, and what."""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with reading(tmp_path, made_issues(4)[1:]) as reader:
        yield reader


def asking(reader: Reader, path: str) -> Source:
    """The source that is asked at that path."""
    reader.newsletter.rest_open = path != PAGES
    return reader.feed if path == FEED else reader.mirror


def play(reader: Reader, path: str, failure: Failure) -> None:
    """Has it happen there, and does not wait for long where waiting is the point."""
    reader.newsletter.before = played_at(path, failure.play)
    if path == POSTS:  # and nothing else of the site answers
        played = reader.newsletter.before
        closed = played_on_the_site(lambda: Reply(b"<html><body>Not here</body></html>", status=404))
        reader.newsletter.before = lambda asked: played(asked) or closed(asked)
    if failure.play is failures.silence:
        reader.timeouts = replace(SHORT, read=0.05)
    if failure.play is failures.dripping:
        reader.timeouts = replace(SHORT, total=0.2)


@pytest.mark.parametrize(("path", "failure"), CASES)
def test_what_goes_wrong_is_told_and_an_empty_archive_stays_empty(reader: Reader, path: str, failure: Failure) -> None:
    source = asking(reader, path)
    play(reader, path, failure)
    report = reader.sync(source, full=path == PAGES)
    (error,) = report.errors
    assert error.startswith(f"127.0.0.1 {failure.told}")
    assert NEXT_STEP.search(error), error
    tries = 3 if path == POSTS and failure.play in (failures.truncated, failures.silence) else 1  # of smaller pages
    assert sum(reader.slept) == failure.waited * tries
    assert [bool(step.note) for step in reader.told].count(True) == len(reader.slept), "each wait is told"
    assert (report.new, report.stopped) == (0, False)
    assert reader.kept().heads == ()


@pytest.mark.parametrize(("path", "failure"), CASES)
def test_what_goes_wrong_changes_nothing_and_what_is_new_comes_the_next_time(
    reader: Reader, path: str, failure: Failure
) -> None:
    source = asking(reader, path)
    reader.sync(source)
    reader.mark("479/1", "477/2")
    before = reader.kept()
    reader.newsletter.publish(made_issues(4)[0])
    if failure.play() != Reply(status=304):  # which then is the answer to a conditional question
        play(reader, path, failure)
        assert only(reader.sync(source)).error
        assert reader.kept() == before
    reader.newsletter.before, reader.timeouts = lambda _: None, SHORT
    assert numbers(only(reader.sync(source)).new) == [480]
    assert reader.kept().marks[2:] == before.marks


# --- what a server says of itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [418, 502])
@pytest.mark.parametrize("reason", ["Bad \x1b]52;c;cm0gLXJm\x07Gateway", "Bad \x1b[2JGateway", "Bad \x9b2J Gateway"])
def test_the_words_of_a_server_move_no_cursor(reader: Reader, status: int, reason: str) -> None:
    reader.newsletter.before = played_at(FEED, lambda: Reply(status=status, reason=reason))
    (error,) = reader.sync(reader.feed).errors
    assert error.isprintable()
    assert f"{status} (Bad" in error
    assert "Gateway" in error
    assert "cm0g" not in error
    assert all(step.note.isprintable() for step in reader.told)


def test_an_address_with_a_secret_in_it_is_not_repeated(reader: Reader) -> None:
    reader.newsletter.before = played_at(FEED, failures.html_instead)
    source = replace(reader.feed, address=f"{reader.feed.address}?token=secret")
    (error,) = reader.sync(source).errors
    assert "secret" not in error


# --- the other source ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "other"), [(SUBSTACK, "mirror"), (MIRROR, "substack")])
@pytest.mark.parametrize("refusal", [failures.challenge_403, failures.refused_403])
def test_a_source_that_refuses_this_network_is_told_with_the_other_one(
    reader: Reader, source: Source, other: str, refusal: Play
) -> None:
    reply = refusal()
    headers = {name.lower(): value for name, value in reply.headers.items()}
    reader.transport = FakeTransport(lambda url: Response(reply.status, headers, reply.body, url, reason="Forbidden"))
    report = reader.sync(source)
    assert only(report).alternative == other
    (error,) = report.errors
    assert error.startswith(source.host)


def test_a_source_that_is_broken_is_told_without_the_other_one(reader: Reader) -> None:
    reader.transport = FakeTransport(lambda url: Response(410, {}, b"", url))
    report = reader.sync(SUBSTACK)
    assert not only(report).alternative
    assert report.errors == ("importai.substack.com has no feed there (status 410). Check the address.",)


def test_what_goes_wrong_with_one_source_leaves_the_other_alone(reader: Reader) -> None:
    reader.newsletter.before = played_at(FEED, failures.challenge_403)
    feed, mirror = reader.sync(full=True).sources
    assert (feed.new, bool(feed.error)) == ((), True)
    assert (numbers(mirror.new), mirror.error) == ([479, 478, 477], None)


# --- no network ------------------------------------------------------------------------------------------------------


def test_no_network_is_told_once_and_changes_nothing(reader: Reader) -> None:
    reader.sync()
    reader.mark("478/1")
    before = reader.kept()
    reader.server.close()
    report = reader.sync(full=True)
    assert [source.offline for source in report.sources] == [True, True]
    assert report.errors == ("127.0.0.1 cannot be reached: no connection leads there. What is stored stays readable.",)
    assert reader.slept == []
    assert reader.kept() == before


def test_a_network_that_goes_away_in_the_middle_leaves_what_has_come(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(60, stories=1)) as reader:
        broken = failures.truncated(Reply(b"[]" * 100))
        first = {"page": "1", "per_page": "50"}
        reader.newsletter.before = lambda asked: None if first.items() <= asked.query.items() else broken
        source = only(reader.sync(reader.mirror, full=True))
        assert (len(source.new), source.offline) == (50, False)
        assert source.error == "127.0.0.1 did not give a whole answer, and was asked 2 times: run the sync again later."
        assert reader.kept().numbers == list(range(480, 430, -1))
