from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.relations import CitedWorks, StoryRelations
from importai_tui.archive.schema import ARCHIVE_SPEC
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.sqlite import Database
from importai_tui.works.query import WorkOrder, sort_works
from tests.archive.conftest import now
from tests.archive.version_1 import write_version_1
from tests.threads.sample_issues import make_issues

PAPER = "arxiv:2502.08145"
LAKES = "https://example.org/lakes"


@pytest.fixture
def relations(library: Library) -> Iterator[StoryRelations]:
    for issue in make_issues():
        library.store(issue, b"page", issue.slug)
    with StoryRelations(library.archive.path) as relations:
        yield relations


def test_longer_and_shorter_slugs_find_the_issue(relations: StoryRelations) -> None:
    for slug in ("the-delta-in-winter", "the-delta-in-winter-and-a-museum-of-anchors-of-all-sizes"):
        found = relations.find_issue_by_slug(slug)
        assert found
        assert found.slug == "the-delta-in-winter-and-a-museum"
    assert relations.find_issue_by_slug("import-ai") is None
    assert relations.find_issue_by_slug("import-ai-10") is None


def test_frequencies_have_a_limit(relations: StoryRelations) -> None:
    assert relations.get_frequency("season") == relations.frequency_limit
    assert relations.get_frequency("Bruckhaven") == 1
    assert relations.get_frequency('"; OR NEAR(') == 0


def test_words_are_found_by_stem_in_the_given_stories(relations: StoryRelations) -> None:
    issue = relations.find_issue_by_number(100)
    assert issue
    positions = {story.id: story.position for story in relations.find_in_issue(issue.id)}
    ids = list(positions)
    assert [positions[id] for id in relations.find_stories_with_word("lock", ids)] == [3, 1]
    assert [positions[id] for id in relations.find_stories_with_word("locking", ids, in_headline=True)] == [3, 1]
    assert relations.find_stories_with_word("pond", ids) == []


def make_link(n: int, text: str, url: str, work: str | None, role: LinkRole = LinkRole.READ_MORE) -> Link:
    return Link(n, text, url, LinkKind.PAPER, "arxiv.org", role, work)


ROLES = {LinkRole.READ_MORE: ParagraphRole.READ_MORE, LinkRole.INLINE: ParagraphRole.BODY}


def make_citing_issue(number: int, date: str | None, *links_by_story: tuple[Link, ...]) -> Issue:
    stories = tuple(
        Story(
            f"{number}-{position}",
            position,
            StoryKind.STORY,
            f"Story {position}",
            blocks=tuple(Paragraph((Span(link.text, link=link.n),), (), ROLES[link.role]) for link in links),
            links=links,
        )
        for position, links in enumerate(links_by_story, 1)
    )
    return Issue(number, f"i{number}", f"Import AI {number}", date, None, stories)


@pytest.fixture
def works(library: Library) -> Iterator[CitedWorks]:
    abstract = make_link(1, "here", "https://arxiv.org/abs/2502.08145", PAPER, LinkRole.INLINE)
    pdf = make_link(1, "Counting Rivers (arXiv)", "https://arxiv.org/pdf/2502.08145", PAPER)
    again = make_link(2, "Counting Rivers once more", "https://arxiv.org/abs/2502.08145v3", PAPER)
    lakes = make_link(2, "Lakes", LAKES, LAKES)
    without_url = Link(3, "Ponds", None, LinkKind.PAPER, None, LinkRole.READ_MORE, None)
    other_issue = Link(1, "Import AI 7", "https://example.org/7", LinkKind.ISSUE, "example.org", LinkRole.INLINE, "x:7")
    for issue in (
        make_citing_issue(12, "2025-03-03", (pdf, again), (other_issue,)),
        make_citing_issue(11, "2025-02-24", (abstract, lakes, without_url)),
        make_citing_issue(9, None, (lakes,)),
    ):
        library.store(issue, b"page", issue.slug)
    with CitedWorks(library.archive.path) as works:
        yield works


def test_all_works_are_listed_last_cited_first(works: CitedWorks) -> None:
    assert [work.id for work in works.get_all()] == [PAPER, "title:ponds", LAKES]


def test_a_work_lists_its_citations_oldest_first(works: CitedWorks) -> None:
    work = works.get([PAPER])[PAPER]
    assert (work.cited_by, work.issues) == (("11/1", "12/1"), ("11", "12"))
    assert (work.first_cited, work.last_cited) == ("2025-02-24", "2025-03-03")


def test_a_read_more_line_gives_the_title(works: CitedWorks) -> None:
    work = works.get([PAPER])[PAPER]
    assert (work.title, work.url) == ("Counting Rivers", "https://arxiv.org/pdf/2502.08145")


def test_an_issue_without_date_counts_as_oldest(works: CitedWorks) -> None:
    lakes = works.get([LAKES])[LAKES]
    assert (lakes.cited_by, lakes.first_cited) == (("9/1", "11/1"), "2025-02-24")


def test_a_work_has_the_estimated_day_of_an_issue(works: CitedWorks, library: Library) -> None:
    newest, seas = (make_link(1, word, url := f"https://example.org/{word}", url) for word in ("new", "seas"))
    library.store(make_citing_issue(14, "2025-03-17", (newest,)), b"page", "i14")
    library.store(make_citing_issue(13, None, (seas,)), b"page", "i13")
    work = works.get([seas.work or ""])[seas.work or ""]
    assert (work.first_cited, work.last_cited) == ("2025-03-10", "2025-03-10")
    assert (work.is_first_estimated, work.is_last_estimated) == (True, True)


def get_day_seen(path: Path, work: str) -> str | None:
    with CitedWorks(path) as works:
        return works.get([work])[work].seen


def test_an_estimated_day_is_not_the_day_seen(archive: Archive, path: Path) -> None:
    lakes = make_link(1, "Lakes", LAKES, LAKES)
    for number, day, cited in ((11, "2025-01-06", ()), (12, None, (lakes,)), (14, "2025-01-27", ())):
        archive.store(make_citing_issue(number, day, cited), b"page", str(number), parser_version=1)
    assert get_day_seen(path, LAKES) == now().date().isoformat()
    archive.store(make_citing_issue(13, "2025-01-20", (lakes,)), b"page", "13", parser_version=1)
    assert get_day_seen(path, LAKES) == "2025-01-20"


def test_an_upgraded_archive_was_seen_today(path: Path) -> None:
    write_version_1(path)
    with Archive(path, now), closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT received >= date('now', '-1 day') FROM issue").fetchall() == [(1,)]


def test_a_work_of_an_undated_issue_is_placed_by_number(works: CitedWorks, library: Library) -> None:
    newest = make_link(1, "Seas", "https://example.org/seas", "https://example.org/seas")
    library.store(make_citing_issue(13, None, (newest,)), b"page", "i13")
    found = works.get_all()
    assert found[0].title == "Seas"
    assert sort_works(reversed(found), WorkOrder.FIRST_CITED)[0] == found[0]
    assert found[0].last_cited is None


def test_works_without_citations_are_left_out(works: CitedWorks) -> None:
    assert works.get(["arxiv:9999.99999"]) == {}
    assert works.get([]) == {}


def test_many_works_need_several_statements(works: CitedWorks) -> None:
    assert set(works.get([PAPER, *(f"arxiv:2501.{n:05}" for n in range(1200))])) == {PAPER}


def test_reindexing_adds_missing_titles(works: CitedWorks, library: Library) -> None:
    database = Database(library.archive.path, ARCHIVE_SPEC)
    database.execute("UPDATE citation SET title_key = NULL, is_certain = NULL")
    database.close()
    assert works.get([PAPER])[PAPER].title == "arXiv:2502.08145"
    assert library.count_issues_to_reindex() == 3
    assert library.archive.find_unindexed_issues() == []
    while library.reindex_batch():
        pass
    assert works.get([PAPER])[PAPER].title == "Counting Rivers"
    assert library.count_issues_to_reindex() == 0
