"""Citations without an address are works; a copy with the address joins them to the real work, with their stars."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from importai_tui.archive.relations import CitedWorks
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.library.stats import get_library_stats
from importai_tui.model import LinkKind
from importai_tui.parse import PARSER_VERSION
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from importai_tui.state.reading_state import ReadingState, get_work_key
from importai_tui.works.work import TitleSource, Work
from tests.corpus import CORPUS, SEEDS, needs_corpus

TITLE = "Counting Otters: A Census of the Quiet Rivers"
TITLE_ID = "title:counting-otters-a-census-of-the-quiet-rivers"
PAPER = "arxiv:2502.19187"
TEXT = """Otters count the rivers of the north:
…They forget none of them…
The otters of the north count every river that they know, and they write the number down each winter.
Read more: {citation}.
***
Herons wait for whatever may come by:
…And it comes by…
Herons stand in shallow water and wait for whatever may come by, which is mostly weather and small fish.
"""
PAGE = """<p><strong>Otters count the rivers of the north:<br></strong><em>…They forget none of them…</em></p>
<p>The otters of the north count every river that they know, and they write the number down each winter.</p>
<p><strong>Read more:</strong> <a href="https://arxiv.org/abs/2502.19187">{title} (arXiv)</a>.</p>
<p>***</p>
<p><strong>Herons wait for whatever may come by:<br></strong><em>…And it comes by…</em></p>
<p>Herons stand in shallow water and wait for whatever may come by, which is mostly weather and small fish.</p>
"""


def store_text(library: Library, number: int = 402, citation: str = f"{TITLE} (arXiv)") -> None:
    store(library, TEXT.format(citation=citation), number, f"{number}.txt")


def store_page(library: Library, number: int = 402, title: str = TITLE) -> None:
    store(library, PAGE.format(title=title), number, f"{number}.html")


def store(library: Library, document: str, number: int, name: str) -> None:
    library.store(parse_issue(document.encode(), number=number), document.encode(), name)


def get_works(library: Library) -> dict[str, Work]:
    with CitedWorks(library.archive.path) as works:
        return {work.id: work for work in works.get_all()}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path)


def test_a_citation_without_address_is_a_work(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library)
        work = get_works(library)[TITLE_ID]
        assert (work.title, work.url, work.host, work.kind) == (TITLE, None, None, LinkKind.PAPER)
        assert (work.cited_by, work.title_from) == (("402/1",), TitleSource.CITATION)
        assert not library.archive.find_problems()


def test_another_issue_with_the_address_joins_it(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library, 402)
        store_page(library, 405)
        works = get_works(library)
        assert works.keys() == {PAPER}
        assert works[PAPER].cited_by == ("402/1", "405/1")
        assert works[PAPER].url == "https://arxiv.org/abs/2502.19187"
        assert not library.archive.find_problems()


def test_the_order_of_arrival_does_not_matter(places: Places) -> None:
    with Library.open(places) as library:
        store_page(library, 405)
        store_text(library, 402)
        assert get_works(library)[PAPER].cited_by == ("402/1", "405/1")


def test_a_work_is_split_again_without_its_address(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library, 402)
        store_page(library, 405)
        entry = library.archive.find_by_number(405)
        assert entry
        other = parse_issue(PAGE.format(title="On Herons and Their Long Patience").encode(), number=405)
        library.rebuild(entry.id, other, PARSER_VERSION)
        assert get_works(library).keys() == {PAPER, TITLE_ID}


def test_a_short_title_joins_only_the_same_kind(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library, 402, "Otters (GitHub)")
        store_page(library, 405, "Otters")
        assert get_works(library).keys() == {PAPER, "title:otters"}


def test_the_tweet_thread_of_two_stories_is_two_works(places: Places) -> None:
    with Library.open(places) as library:
        for number in (402, 405):
            document = TEXT.replace("Otters count the rivers", f"Otters count {number} rivers")
            store(library, document.format(citation="the tweet thread (Otter Lab, Twitter)"), number, "x.txt")
        works = get_works(library)
        assert len(works) == 2
        assert all(work.citation_count == 1 for work in works.values())


@pytest.mark.parametrize("number", [402, 405])
def test_a_star_moves_to_the_real_work(places: Places, number: int) -> None:
    with Library.open(places) as library:
        store_text(library, 402)
        library.state.star_work(TITLE_ID, True, TITLE)
        library.state.record_work_opened(TITLE_ID, TITLE)
        store_page(library, number)
        assert get_work_key(PAPER) in library.state.get_starred_works()
        assert library.state.is_work_opened(PAPER)
        stats = get_library_stats(library)
        assert (stats.starred_work_count, stats.opened_work_count) == (1, 1)


def test_undo_reaches_the_moved_star(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library)
        library.state.star_work(TITLE_ID, True, TITLE)
        store_page(library)
        library.undo()
        assert get_work_key(PAPER) not in library.state.get_starred_works()
        library.redo()
        assert get_work_key(PAPER) in library.state.get_starred_works()


def test_a_removed_star_stays_removed(places: Places) -> None:
    with Library.open(places) as library:
        store_text(library)
        library.state.star_work(TITLE_ID, True, TITLE)
        store_page(library)
        library.state.star_work(PAPER, False, TITLE)
        assert library.move_title_works() == 0
        assert get_work_key(PAPER) not in library.state.get_starred_works()
        assert get_library_stats(library).starred_work_count == 0


def test_a_star_moves_after_a_kill(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> int:
        raise DatabaseError("killed")

    with Library.open(places) as library:
        store_text(library)
        library.state.star_work(TITLE_ID, True, TITLE)
        with monkeypatch.context() as patch, suppress(DatabaseError):
            patch.setattr(ReadingState, "merge_registers", die)
            store_page(library)
        assert get_work_key(PAPER) not in library.state.get_starred_works()
    with Library.open(places) as library:
        assert library.needs_rebuild(PARSER_VERSION)
        library.migrate_removed_state()
        assert get_work_key(PAPER) in library.state.get_starred_works()
        assert not library.needs_rebuild(PARSER_VERSION)


def test_a_star_from_another_machine_moves_too(places: Places, tmp_path: Path) -> None:
    with Library.open(Places.under(tmp_path / "other")) as library:
        store_text(library)
        library.state.star_work(TITLE_ID, True, TITLE)
        lines = list(library.state.export_lines())
    with Library.open(places) as library:
        store_page(library)
        library.state.merge(lines)
        assert library.move_title_works() == 1
        assert get_work_key(PAPER) in library.state.get_starred_works()


@needs_corpus
@pytest.mark.parametrize(
    ("number", "text", "page"),
    [
        (401, SEEDS / "000_341f2f2148ff5196.txt", CORPUS / "markdown/401.md"),
        (408, CORPUS / "text/408.txt", SEEDS / "004_dcfa1baad173d3f4.txt"),
    ],
)
def test_stars_of_real_issues_move(places: Places, number: int, text: Path, page: Path) -> None:
    with Library.open(places) as library:
        for path in (text, page):
            if path is page:
                plain = {id: work for id, work in get_works(library).items() if work.url is None}
                for id, work in plain.items():
                    library.state.star_work(id, True, work.title)
            library.store(parse_issue(path.read_bytes(), number=number), path.read_bytes(), path.name)
        works = get_works(library)
        assert plain
        assert not [id for id in works if id.startswith("title:")]
        assert sum(get_work_key(id) in library.state.get_starred_works() for id in works) == len(plain)
