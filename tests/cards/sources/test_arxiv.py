from __future__ import annotations

import pytest

from importai_tui.cards.sources.arxiv import Arxiv, parse_feed
from importai_tui.errors import BusyError, UnreadableInputError
from importai_tui.model import LinkKind
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget
from tests.cards.fake_papers import FakePaper, make_atom_entry, make_atom_feed
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

PAPER = FakePaper(venue="J. Otters 3 (2024)", doi="10.1234/otters.7")


def parse_entry(entry: str, work: str = "arxiv:2405.01234") -> CardDraft:
    return parse_feed(make_atom_feed([entry]))[work]


def test_every_field_is_read() -> None:
    draft = parse_entry(make_atom_entry("2405.01234", PAPER))
    assert draft.title == "A study of otters"
    assert draft.authors == ("Ada Juniper", "Bo Linden")
    assert draft.published == "2024-05-17"
    assert draft.venue == "J. Otters 3 (2024)"
    assert draft.doi == "10.1234/otters.7"
    assert draft.url == "https://arxiv.org/abs/2405.01234"
    assert draft.pdf_url == "https://arxiv.org/pdf/2405.01234"
    assert draft.facts == ("cs.CL", "version 2 of 2025-01-02", "12 pages, 3 figures")
    assert draft.body == "We count otters. There are $n^2$ of them."
    assert draft.kind is LinkKind.PAPER
    assert draft.license is None


def test_a_first_version_is_not_named() -> None:
    assert parse_entry(make_atom_entry("2405.01234", PAPER, version=1)).facts == ("cs.CL", "12 pages, 3 figures")


@pytest.mark.parametrize("id", ["hep-th/9901001", "math/0309136", "0704.0001", "2405.01234"])
async def test_ids_of_all_times(fetch: Fetch, id: str) -> None:
    drafts = await fetch(Arxiv(), f"arxiv:{id}")
    assert drafts[f"arxiv:{id}"].url == f"https://arxiv.org/abs/{id}"


def test_subject_class_of_an_old_id() -> None:
    assert list(parse_feed(make_atom_feed([make_atom_entry("math.GT/0309136", PAPER)]))) == ["arxiv:math/0309136"]


async def test_hundred_papers_in_one_request(fetch: Fetch, fakes: FakeSources) -> None:
    works = [f"arxiv:2405.{number:05}" for number in range(10_000, 10_100)]
    assert list(await fetch(Arxiv(), *works)) == works
    assert len(fakes.requests) == 1


async def test_entries_in_any_order(fetch: Fetch, fakes: FakeSources) -> None:
    titles = {"2405.00001": "One", "2405.00002": "Two"}
    entries = [make_atom_entry(id, FakePaper(title)) for id, title in reversed(titles.items())]
    fakes.overrides["arxiv"] = lambda _: Reply(make_atom_feed(entries))
    drafts = await fetch(Arxiv(), *(f"arxiv:{id}" for id in titles))
    assert {work: draft.title for work, draft in drafts.items()} == {
        "arxiv:2405.00001": "One",
        "arxiv:2405.00002": "Two",
    }


async def test_papers_nobody_asked_for(fetch: Fetch, fakes: FakeSources) -> None:
    entries = [make_atom_entry(id, PAPER) for id in ("2405.00009", "2405.00001", "2405.00001")]
    fakes.overrides["arxiv"] = lambda _: Reply(make_atom_feed(entries))
    assert list(await fetch(Arxiv(), "arxiv:2405.00001")) == ["arxiv:2405.00001"]


async def test_an_unknown_paper_is_missing(fetch: Fetch) -> None:
    assert list(await fetch(Arxiv(), "arxiv:2405.00404", "arxiv:2405.00001")) == ["arxiv:2405.00001"]


async def test_one_malformed_id_spoils_nothing_else(fetch: Fetch, fakes: FakeSources) -> None:
    works = ["arxiv:2405.00001", "arxiv:nonsense/1", "arxiv:2405.00002", "arxiv:2405.00003"]
    drafts = await fetch(Arxiv(), *works)
    assert list(drafts) == ["arxiv:2405.00001", "arxiv:2405.00002", "arxiv:2405.00003"]
    assert len(fakes.requests) == 5


def test_an_error_entry_is_no_paper() -> None:
    entry = "<entry><id>http://arxiv.org/api/errors#x</id><title>Error</title><summary>incorrect id</summary></entry>"
    assert parse_feed(make_atom_feed([entry])) == {}


@pytest.mark.parametrize(
    "comment",
    ["This paper has been withdrawn by the authors", "Withdrawn: an error in section 2", "the submission is withdrawn"],
)
def test_a_withdrawn_paper_says_so(comment: str) -> None:
    entry = make_atom_entry("2405.01234", PAPER).replace("12 pages, 3 figures", comment)
    assert parse_entry(entry).facts == ("withdrawn", "cs.CL", "version 2 of 2025-01-02", comment)


def test_an_abstract_about_withdrawal() -> None:
    draft = parse_entry(make_atom_entry("2405.01234", FakePaper(abstract="We study troops that have been withdrawn.")))
    assert "withdrawn" not in draft.facts


def test_paragraphs_of_an_abstract() -> None:
    draft = parse_entry(make_atom_entry("2405.01234", FakePaper(abstract="One line\nand its end.\n  A new one.")))
    assert draft.body == "One line\nand its end.\n\nA new one."


def test_a_broken_entry_hides_no_other() -> None:
    broken = "<entry><id>http://arxiv.org/abs/2405.00001v1</id><title>a < b</titel></entry>"
    assert "arxiv:2405.00002" in parse_feed(make_atom_feed([broken, make_atom_entry("2405.00002", PAPER)]))


def test_thousands_of_authors() -> None:
    paper = FakePaper(authors=[f"Author {number}" for number in range(8_000)])
    assert len(parse_entry(make_atom_entry("2405.01234", paper)).authors) == 8_000


async def test_too_many_requests_in_words(fetch: Fetch, fakes: FakeSources) -> None:
    fakes.overrides["arxiv"] = lambda _: Reply(b"Rate exceeded.", headers={"Content-Type": "text/plain"})
    fakes.overrides["datacite"] = lambda _: Reply(status=500)
    (error,) = (await fetch(Arxiv(), "arxiv:2405.01234")).values()
    assert isinstance(error, BusyError)
    assert "too many requests" in str(error)


async def test_datacite_helps_while_arxiv_is_busy(fetch: Fetch, fakes: FakeSources) -> None:
    fakes.overrides["arxiv"] = lambda _: Reply(status=429)
    works = [f"arxiv:2405.{number:05}" for number in range(20_001, 20_098)]
    drafts = dict(await fetch(Arxiv(), *works, "arxiv:hep-th/9901001", "arxiv:2405.00404"))
    assert isinstance(drafts.pop("arxiv:2405.00404"), BusyError)
    assert list(drafts) == [*works, "arxiv:hep-th/9901001"]
    assert len(fakes.requests_to("datacite")) == 4
    draft = drafts[works[0]]
    assert draft.title
    assert draft.url == "https://arxiv.org/abs/2405.20001"
    assert draft.pdf_url == "https://arxiv.org/pdf/2405.20001"
    assert (draft.doi, draft.venue, draft.facts) == (None, None, ("data from DataCite",))
    assert draft.body_format is BodyFormat.PLAIN


def test_entities_and_document_types_are_refused() -> None:
    bomb = b'<!DOCTYPE feed [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(UnreadableInputError, match="entity"):
        parse_feed(make_atom_feed([make_atom_entry("2405.01234", PAPER)]).replace(b"<feed", bomb + b"<feed", 1))


def test_a_truncated_feed_is_refused() -> None:
    with pytest.raises(UnreadableInputError, match="incomplete"):
        parse_feed(make_atom_feed([make_atom_entry("2405.01234", PAPER)])[:-40])


def test_only_papers_on_arxiv_are_accepted() -> None:
    works = ["arxiv:2405.01234", "doi:10.1/x", "https://arxiv.org/list/cs.CL"]
    assert [Arxiv().accepts(CardTarget(work, None)) for work in works] == [True, False, False]
