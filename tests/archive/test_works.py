from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.archive.relations import CitedWorks
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.sqlite import Database

PAPER = "arxiv:2502.08145"


def cited(n: int, words: str, url: str, work: str | None, role: LinkRole = LinkRole.READ_MORE) -> Link:
    return Link(n, words, url, LinkKind.PAPER, "arxiv.org", role, work)


def issue(number: int, date: str | None, *stories: tuple[Link, ...]) -> Issue:
    made = tuple(
        Story(f"{number}-{position}", position, StoryKind.STORY, f"Story {position}", links=links,
              blocks=tuple(Paragraph((Span(link.text, link=link.n),)) for link in links))
        for position, links in enumerate(stories, 1)
    )  # fmt: skip
    return Issue(number, f"i{number}", f"Import AI {number}", date, None, made)


@pytest.fixture
def works(library: Library) -> Iterator[CitedWorks]:
    abstract = cited(1, "here", "https://arxiv.org/abs/2502.08145", PAPER, LinkRole.INLINE)
    pdf = cited(1, "Counting Rivers (arXiv)", "https://arxiv.org/pdf/2502.08145", PAPER)
    again = cited(2, "Counting Rivers once more", "https://arxiv.org/abs/2502.08145v3", PAPER)
    lakes = cited(2, "Lakes", "https://example.org/lakes", "https://example.org/lakes")
    lost = Link(3, "Ponds", None, LinkKind.PAPER, None, LinkRole.READ_MORE, None)
    of_issue = Link(1, "Import AI 7", "https://example.org/7", LinkKind.ISSUE, "example.org", LinkRole.INLINE, "x:7")
    for one in (
        issue(12, "2025-03-03", (pdf, again), (of_issue,)),
        issue(11, "2025-02-24", (abstract, lakes, lost)),
        issue(9, None, (lakes,)),
    ):
        library.store(one, b"page", one.slug)
    with CitedWorks(library.archive.path) as opened:
        yield opened


def test_every_work_is_there_once_the_last_cited_first_and_issues_are_none(works: CitedWorks) -> None:
    assert [work.id for work in works.get_all()] == [PAPER, "https://example.org/lakes"]


def test_a_work_tells_who_cites_it_oldest_first_and_each_once(works: CitedWorks) -> None:
    work = works.get([PAPER])[PAPER]
    assert (work.cited_by, work.issues) == (("11/1", "12/1"), ("11", "12"))
    assert (work.first_cited, work.last_cited) == ("2025-02-24", "2025-03-03")


def test_a_work_is_called_as_a_read_more_line_calls_it(works: CitedWorks) -> None:
    work = works.get([PAPER])[PAPER]
    assert (work.title, work.url) == ("Counting Rivers", "https://arxiv.org/pdf/2502.08145")


def test_an_issue_without_a_day_counts_as_the_oldest(works: CitedWorks) -> None:
    lakes = works.get(["https://example.org/lakes"])["https://example.org/lakes"]
    assert (lakes.cited_by, lakes.first_cited) == (("9/1", "11/1"), "2025-02-24")


def test_works_that_nobody_cites_are_left_out(works: CitedWorks) -> None:
    assert works.get(["arxiv:9999.99999"]) == {}
    assert works.get([]) == {}


def test_more_works_than_one_statement_takes_are_found(works: CitedWorks) -> None:
    assert set(works.get([PAPER, *(f"arxiv:2501.{n:05}" for n in range(1200))])) == {PAPER}


def test_what_an_older_version_stored_gets_its_titles(works: CitedWorks, library: Library) -> None:
    database = Database(library.archive.path, ARCHIVE_SPEC)
    database.execute("UPDATE citation SET title = NULL, url = NULL")
    database.close()
    assert works.get([PAPER])[PAPER].title == PAPER
    assert library.count_issues_to_reindex() == 3
    assert library.archive.find_unindexed_issues() == []
    while library.reindex_batch():
        pass
    assert works.get([PAPER])[PAPER].title == "Counting Rivers"
    assert library.count_issues_to_reindex() == 0
