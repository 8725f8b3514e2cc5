from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.archive.cards import (
    _READING_SPEC,
    CARDS_SPEC,
    CardStore,
    find_card_problem,
    make_card_match,
    replace_damaged_file,
)
from importai_tui.errors import DatabaseError
from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    Quote,
    Rule,
    Span,
)
from importai_tui.query.conditions import Clause, Phrase
from importai_tui.works.card import Card, CardSummary
from tests.disks import fill_disk, mount_disk, remount

BLOCKS: tuple[Block, ...] = (
    Heading((Span("Otters"),), 2),
    Paragraph((Span("We count "), Span("otters", bold=True, link=1), Span(" in colour."))),
    ListBlock((ListItem((Span("one"),), 0, None), ListItem((Span("two", code=True),), 1, 2))),
    Quote((Span("quoted", italic=True),)),
    Code("print('C++')"),
    Figure("an otter", 1),
    Rule(),
)
LINKS = (
    Link(1, "otters", "https://example.org/", LinkKind.POST, "example.org", LinkRole.INLINE, "https://example.org"),
)
CARD = Card(
    work="arxiv:2502.19187",
    kind=LinkKind.PAPER,
    title="Counting Otters",
    url="https://arxiv.org/abs/2502.19187",
    source="arXiv",
    fetched_at="2026-11-30T08:00:00+00:00",
    authors=("Ada Heron", "Bó Lamb; Ltd"),
    published="2025-02",
    venue="Journal of Rivers",
    license="CC BY 4.0",
    pdf_url="https://arxiv.org/pdf/2502.19187",
    doi="10.1000/otters",
    facts=("12 pages", "cs.CL"),
    blocks=BLOCKS,
    links=LINKS,
)


def make_card(work: str, title: str = "Untitled", text: str = "", **others: object) -> Card:
    blocks = (Paragraph((Span(text),)),) if text else ()
    values = {"kind": LinkKind.PAPER, "url": "https://example.org/", "source": "arXiv", "fetched_at": "2026-11-30"}
    return Card(work=work, title=title, blocks=blocks, **(values | others))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "cards.sqlite3"


@pytest.fixture
def filled(path: Path) -> Path:
    with CardStore(path) as store:
        store.put([CARD, make_card("github:ada/otters", "otters", "A library for counting seals.")])
    return path


def find(path: Path, *words: str, without: str = "") -> list[str]:
    clauses = [Clause((Phrase(word),)) for word in words]
    clauses += [Clause((Phrase(without),), is_positive=False)] if without else []
    with CardStore(path) as store:
        return store.find(*make_card_match(clauses))


def test_a_card_comes_back_as_it_was_stored(filled: Path) -> None:
    with CardStore(filled) as store:
        assert store.get(CARD.work) == CARD
        assert store.get("arxiv:0000.00000") is None
        assert store.count() == 2


def test_summaries_of_all_and_of_some_works(filled: Path) -> None:
    summary = CardSummary(CARD.work, CARD.title, CARD.authors, CARD.published, CARD.venue, CARD.doi)
    with CardStore(filled) as store:
        assert store.get_summaries()[CARD.work] == summary
        assert len(store.get_summaries()) == 2
        wanted = [f"arxiv:{n}" for n in range(1_500)]
        assert store.get_summaries([*wanted, CARD.work]) == {CARD.work: summary}
        assert store.get_summaries([]) == {}


def test_a_new_card_replaces_the_old_one(filled: Path) -> None:
    with CardStore(filled) as store:
        store.put([make_card(CARD.work, "Counting Seals"), make_card("a"), make_card("a", "Last")])
        assert store.count() == 3
        assert [store.get_summaries()[work].title for work in (CARD.work, "a")] == ["Counting Seals", "Last"]
    assert find(filled, "heron") == []
    assert find(filled, "seals") == [CARD.work, "github:ada/otters"]


def test_reading_creates_no_file(path: Path) -> None:
    with CardStore(path) as store:
        assert store.get(CARD.work) is None
        assert store.get_summaries() == {}
        assert store.get_summaries([CARD.work]) == {}
        assert store.find("otters") == []
        assert store.count() == 0
    assert not path.parent.exists()
    assert find_card_problem(path) is None


def test_an_open_store_sees_a_file_that_appears(path: Path) -> None:
    with CardStore(path) as early, CardStore(path) as late:
        assert early.get(CARD.work) is None
        late.put([CARD])
        assert early.get(CARD.work) == CARD


def test_an_open_store_sees_a_replaced_file(filled: Path) -> None:
    with CardStore(filled) as store, CardStore(filled) as other:
        assert store.get(CARD.work)
        filled.unlink()
        assert store.get(CARD.work) is None
        other.put([make_card("x:1")])
        assert store.get("x:1")


def test_a_locked_file_counts_as_empty_at_once(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as other, CardStore(filled) as store:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert store.get(CARD.work) is None
        assert _READING_SPEC.lock_timeout <= 0.1
        other.execute("COMMIT")


def test_only_the_owner_may_read_the_file(filled: Path) -> None:
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    assert stat.S_IMODE(filled.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("words", "works"),
    [
        (["otter"], ["github:ada/otters", CARD.work]),
        (["otters", "heron"], [CARD.work]),
        (["journal of rivers"], [CARD.work]),
        (["lamb"], [CARD.work]),
        (["counts"], [CARD.work, "github:ada/otters"]),
        (["color"], [CARD.work]),
        (["C++"], [CARD.work]),
        (['"NEAR('], []),
        (["whales"], []),
        ([], [CARD.work, "github:ada/otters"]),
    ],
)
def test_cards_are_found_like_stories(filled: Path, words: list[str], works: list[str]) -> None:
    assert sorted(find(filled, *words)) == sorted(works)


def test_a_title_counts_more_than_text(path: Path) -> None:
    with CardStore(path) as store:
        store.put([make_card("text", "Rivers", "otters and otters"), make_card("title", "Otters", "rivers")])
    assert find(path, "otters") == ["title", "text"]


def test_excluded_words(filled: Path) -> None:
    assert find(filled, "otters", without="seals") == [CARD.work]
    assert find(filled, without="seals") == [CARD.work]


def test_title_words_and_prefixes(filled: Path) -> None:
    title = make_card_match([Clause((Phrase("counting", in_headline=True),))])
    prefix = make_card_match([Clause((Phrase("libra", is_prefix=True),))])
    with CardStore(filled) as store:
        assert store.find(*title) == [CARD.work]
        assert store.find(*prefix) == ["github:ada/otters"]


def damage_header(path: Path) -> None:
    path.write_bytes(b"no database" * 100)


def damage_end(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def make_foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (value)")
        connection.execute("PRAGMA application_id = 7")
    connection.close()


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


DAMAGES = pytest.mark.parametrize("damage", [damage_header, damage_end, make_foreign, make_newer])


@DAMAGES
def test_an_unusable_file_counts_as_empty_until_put(filled: Path, damage: Callable[[Path], None]) -> None:
    damage(filled)
    with CardStore(filled) as store:
        assert store.get(CARD.work) is None
        assert store.get_summaries() == {}
        assert store.find("otters") == []
        store.put([CARD])
        assert store.get(CARD.work) == CARD
        assert find_card_problem(filled) is None
    assert len(list(filled.parent.glob("cards-set-aside-*.sqlite3"))) == 1


@DAMAGES
def test_repair_names_the_damage(filled: Path, damage: Callable[[Path], None]) -> None:
    damage(filled)
    assert str(filled) in (find_card_problem(filled) or "")
    message = replace_damaged_file(filled, lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert message is not None
    assert "cards-set-aside-20261130T000000Z.sqlite3" in message
    assert find_card_problem(filled) is None
    assert replace_damaged_file(filled, lambda: datetime(2026, 11, 30, tzinfo=UTC)) is None


def test_repair_keeps_readable_cards(filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("UPDATE body SET value = '{' WHERE card_id = 2")
    connection.close()
    with CardStore(filled) as store:
        assert store.get("github:ada/otters") is None
    message = replace_damaged_file(filled, lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert "1 card is in a new file." in (message or "")
    with CardStore(filled) as store:
        assert store.get(CARD.work) == CARD
        assert store.count() == 1


def test_a_damaged_index_is_found(filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("DELETE FROM card_index_data WHERE id > 10")
    connection.close()
    assert "damaged" in (find_card_problem(filled) or "")


def test_a_folder_in_its_place_is_reported(path: Path) -> None:
    path.mkdir(parents=True)
    with CardStore(path) as store:
        assert store.get(CARD.work) is None
        with pytest.raises(DatabaseError, match="is not a file"):
            store.put([CARD])
    assert "is not a file" in (find_card_problem(path) or "")


def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    with mount_disk(tmp_path / "disk", "2m") as folder:
        path = folder / "cards.sqlite3"
        with CardStore(path) as store:
            store.put([CARD])
        remount(folder, "ro")
        with CardStore(path) as store:
            assert store.get(CARD.work) == CARD
            with pytest.raises(DatabaseError, match="Can't write"):
                store.put([make_card("a")])
            assert find_card_problem(path) is None
            assert store.find("otters") == [CARD.work]


def test_a_full_disk_loses_no_card(tmp_path: Path) -> None:
    with mount_disk(tmp_path / "disk", "600k") as folder, CardStore(folder / "cards.sqlite3") as store:
        store.put([CARD])
        ballast = fill_disk(folder)
        with pytest.raises(DatabaseError, match="the disk is full"):
            store.put([make_card("a", text="otters " * 20_000)])
        assert store.get(CARD.work) == CARD
        ballast.unlink()
        store.put([make_card("a")])
        assert store.count() == 2


def test_several_threads_store_at_once(path: Path) -> None:
    def put_some(first: int) -> None:
        with CardStore(path) as store:
            for n in range(first, first + 10):
                store.put([make_card(str(n))])

    threads = [Thread(target=put_some, args=(10 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with CardStore(path) as store:
        assert store.count() == 40
    assert find_card_problem(path) is None


_ENDLESS_PUTS = """
import sys
from pathlib import Path
from importai_tui.archive.cards import CardStore
from tests.archive.test_cards import make_card
with CardStore(Path(sys.argv[1])) as store:
    for n in range(100_000):
        store.put([make_card(f"{n}-{m}", "Otters", "otters " * 500) for m in range(3)])
        print(n, flush=True)
"""


def test_killed_while_it_stores(path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-c", _ENDLESS_PUTS, str(path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for _ in range(3):
            last = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    assert find_card_problem(path) is None
    with CardStore(path) as store:
        count = store.count()
    assert count >= 3 * (last + 1)
    assert count % 3 == 0


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_words_can_be_searched(title: str, words: str) -> None:
    match = make_card_match([Clause((Phrase(words),)), Clause((Phrase(title, is_prefix=True),), is_positive=False)])
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(CARDS_SPEC.schema)
        for part in filter(None, match):
            connection.execute("SELECT 1 FROM card_index WHERE card_index MATCH ?", (part,)).fetchall()
    connection.close()
