"""Which files are exports of ours, so that a new one may take their place."""

from __future__ import annotations

import json

import pytest

from importai_tui.cli.cited import FORMS, written
from importai_tui.cli.own_exports import IS_OWN_LIST
from importai_tui.works.choosing import Marks
from tests.works.made import make_work

PAPER = make_work("arxiv:2502.19187", "On {Otters} [& Rivers] (1)", cited_by=("402/1", "447/2"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("title", [PAPER.title, "} @book{", "](x) *[", "a\u2028b\rc\x1b", '"\\', "水"])
def test_whatever_is_written_is_known_again(form: str, title: str) -> None:
    works = [PAPER, make_work(title=title, url="https://x.org/a(b)\n{c}", host=None)]
    assert IS_OWN_LIST[form](written(works, Marks(), form))


@pytest.mark.parametrize("form", ["csl", "json"])
def test_an_empty_list_is_known_again(form: str) -> None:
    assert IS_OWN_LIST[form](written([], Marks(), form))


ENTRY = written([PAPER], Marks(), "bibtex")
LINE = written([PAPER], Marks(), "markdown")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("bibtex", "@misc{mine,\n  title = {{Otters}},\n  author = {Ada},\n}\n"),
        ("bibtex", ENTRY.replace("  year", "  author = {Ada},\n  year")),
        ("bibtex", f"{ENTRY}\n@book{{ada,\n  title = {{Otters}},\n}}\n"),
        ("bibtex", f"{ENTRY}my own words\n"),
        ("markdown", "- [ ] feed the otters\n"),
        ("markdown", "- [Otters](https://example.org/otters)\n"),
        ("markdown", f"{LINE}- and look this up\n"),
        ("csl", "[1]"),
        ("csl", '[{"id": "a", "type": "book"}]'),
        ("csl", json.dumps([*json.loads(written([PAPER], Marks(), "csl")), {"id": "a", "type": "book"}])),
        ("csl", "[" * 100_000),
        ("json", "{}"),
        ("json", '{"name": "otters", "works": []}'),
        ("json", '{"works": ["Hamlet"]}'),
        ("json", '{"works'),
    ],
)
def test_what_somebody_else_wrote_or_added_to_is_not_ours(form: str, text: str) -> None:
    assert not IS_OWN_LIST[form](text)


def test_a_form_is_no_other_form() -> None:
    texts = {form: written([PAPER], Marks(), form) for form in FORMS}
    assert {(a, b) for a in FORMS for b in FORMS if IS_OWN_LIST[a](texts[b])} == {(form, form) for form in FORMS}
