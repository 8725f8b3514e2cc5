"""Citation keys."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.works.formats import make_citation_key
from importai_tui.works.work import Work
from tests.works.made import ANY_WORK


@pytest.mark.parametrize(
    ("work", "key"),
    [
        ("arxiv:2502.19187", "arxiv-2502-19187"),
        ("arxiv:hep-th/9901001", "arxiv-hep-th-9901001"),
        ("github:ada/otters", "github-ada-otters"),
        ("github:ada/otters-and-rivers", "github-ada-otters-and-rivers"),
        ("hf:ada/otters", "hf-ada-otters"),
        ("doi:10.1126/science.adu8578", "doi-10-1126-science-adu8578"),
        ("ssrn:4895486", "ssrn-4895486"),
    ],
)
def test_a_plain_id_is_its_own_key(work: str, key: str) -> None:
    assert make_citation_key(work) == key


@pytest.mark.parametrize(
    ("work", "key"),
    [
        ("github:ada-b/otters", "github-ada-b-otters-5538ddac58"),
        ("https://example.org/a/b", "example-org-a-b-005f09736b"),
        ("https://example.org/" + "otters/" * 20, "example-org-otters-otters-otters-otters-f3cd1ade62"),
        ("水", "327b54d04f"),
    ],
)
def test_keys_never_change(work: str, key: str) -> None:
    assert make_citation_key(work) == key


def test_similar_ids_have_different_keys() -> None:
    alike = [
        *("github:a-b/c", "github:a/b-c", "github:a/b.c", "github:a/b_c", "github:a/b--c", "github:a/b-c-"),
        *("hf:a/b-c", "hf:A/b-c", "hf:a/B-c", "hf:a/b.c"),
        *("doi:10.1234/a.b", "doi:10.1234/a/b", "doi:10.1234/a-b", "doi:10.1234/a(b)"),
        *("ssrn:a-b", "ssrn:a.b", "ssrn:a:b"),
        *("https://x.org/a-b", "https://x.org/a/b", "https://x.org/a?b", "https://x.org/a#b", "http://x.org/a-b"),
    ]
    assert len({make_citation_key(work) for work in alike}) == len(alike)


def test_no_id_can_imitate_a_key_with_digest() -> None:
    digested = make_citation_key("github:a/b.c")
    assert make_citation_key(digested.replace("github-a-", "github:a/")) != digested


@given(st.lists(ANY_WORK, max_size=20, unique_by=lambda work: work.id))
def test_keys_are_plain_and_unique(works: list[Work]) -> None:
    keys = [make_citation_key(work.id) for work in works]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", key, re.ASCII) for key in keys)
