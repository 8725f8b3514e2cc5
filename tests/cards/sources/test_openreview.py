from __future__ import annotations

import json
from typing import Any

import pytest

from importai_tui.cards.sources.openreview import OpenReview, parse_note
from importai_tui.errors import BlockedError, NoCardError
from importai_tui.model import LinkKind
from importai_tui.works.card import CardDraft, CardTarget
from tests.cards.fake_papers import FakePaper, make_openreview_note
from tests.cards.fake_sources import FakeSources
from tests.cards.sources.conftest import Fetch
from tests.http.server import Reply

PAGE = "https://openreview.net/forum?id="
PAPER = FakePaper(venue="ICLR 2025 Oral")


def read(*, old: bool = False, **content: Any) -> CardDraft:
    note: dict[str, Any] = make_openreview_note("AbC-1_2", PAPER, old=old)
    note["content"] |= content if old else {name: {"value": value} for name, value in content.items()}
    draft = parse_note(json.dumps({"notes": [note]}).encode())
    assert draft
    return draft


@pytest.mark.parametrize("old", [False, True])
def test_every_field_is_read(old: bool) -> None:
    draft = read(old=old)
    assert draft.title == "A study of otters"
    assert draft.authors == ("Ada Juniper", "Bo Linden")
    assert draft.published == "2025-01-22"
    assert draft.venue == "ICLR 2025 Oral"
    assert draft.url == f"{PAGE}AbC-1_2"
    assert draft.pdf_url == "https://openreview.net/pdf?id=AbC-1_2"
    assert draft.facts == ()
    assert draft.body == "We count otters. There are $n^2$ of them."
    assert draft.kind is LinkKind.PAPER


@pytest.mark.parametrize("venue", ["Submitted to ICLR 2025", "ICLR 2025 Conference Withdrawn Submission"])
def test_a_paper_that_no_venue_accepted(venue: str) -> None:
    draft = read(venue=venue)
    assert (draft.venue, draft.facts) == (None, (venue,))


def test_a_rejected_paper() -> None:
    assert read(venue="ICLR 2025", venueid="ICLR.cc/2025/Conference/Rejected_Submission").venue is None


def test_a_pdf_elsewhere() -> None:
    assert read(pdf="https://arxiv.org/pdf/2405.01234").pdf_url == "https://arxiv.org/pdf/2405.01234"
    assert read(pdf="").pdf_url is None


async def test_old_papers_are_in_the_old_api(fetch: Fetch, fakes: FakeSources) -> None:
    assert list(await fetch(OpenReview(), f"{PAGE}old1")) == [f"{PAGE}old1"]
    assert [folder for folder, _ in fakes.requests] == ["openreview", "openreview-old"]


async def test_a_new_paper_takes_one_request(fetch: Fetch, fakes: FakeSources) -> None:
    assert await fetch(OpenReview(), f"{PAGE}new1")
    assert len(fakes.requests) == 1


async def test_unknown_papers_are_missing(fetch: Fetch) -> None:
    assert await fetch(OpenReview(), f"{PAGE}missing") == {}


async def test_a_paper_that_is_not_public(fetch: Fetch, fakes: FakeSources) -> None:
    refusal = Reply(json.dumps({"name": "ForbiddenError", "status": 403}).encode(), status=403)
    fakes.overrides = dict.fromkeys(("openreview", "openreview-old"), lambda _: refusal)
    assert await fetch(OpenReview(), f"{PAGE}secret") == {}


async def test_a_browser_check(fetch: Fetch, fakes: FakeSources) -> None:
    refusal = Reply(json.dumps({"name": "ChallengeRequiredError", "status": 403}).encode(), status=403)
    fakes.overrides["openreview"] = lambda _: refusal
    with pytest.raises(BlockedError, match="asks for a browser check"):
        await fetch(OpenReview(), f"{PAGE}paper")


@pytest.mark.parametrize("change", [{"forum": "other"}, {"content": {"review": {"value": "Weak accept"}}}])
async def test_a_review_is_no_paper(fetch: Fetch, fakes: FakeSources, change: dict[str, object]) -> None:
    note = make_openreview_note("AbC", PAPER) | change
    fakes.overrides["openreview"] = lambda _: Reply(json.dumps({"notes": [note]}).encode())
    with pytest.raises(NoCardError, match="a review or a comment"):
        await fetch(OpenReview(), f"{PAGE}AbC")


def test_only_forums_are_accepted() -> None:
    works = [f"{PAGE}AbC-1_2", "https://openreview.net/group?id=ICLR.cc", "arxiv:2405.01234"]
    assert [OpenReview().accepts(CardTarget(work, None)) for work in works] == [True, False, False]
