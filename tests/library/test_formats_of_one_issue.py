"""All formats of one issue are stored as one issue, which keeps its best text and all marks."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from tests.corpus import CORPUS, SEEDS, needs_corpus

FORMATS = {
    401: (SEEDS / "000_341f2f2148ff5196.txt", CORPUS / "markdown/401.md"),
    408: (SEEDS / "004_dcfa1baad173d3f4.txt", CORPUS / "text/408.txt"),
    443: (CORPUS / "wordpress/443.html", CORPUS / "pages/443.html", CORPUS / "markdown/443.md"),
    446: (CORPUS / "wordpress/446.html", CORPUS / "pages/446.html", CORPUS / "markdown/446.md"),
    449: (CORPUS / "wordpress/449.html", CORPUS / "markdown/449.md"),
}


def store(library: Library, path: Path, number: int | None) -> None:
    data = path.read_bytes()
    library.store(parse_issue(data, number=number), data, path.name)


@needs_corpus
@pytest.mark.parametrize(
    ("number", "order"), [(n, order) for n, paths in FORMATS.items() for order in permutations(paths)]
)
def test_all_formats_of_an_issue_share_its_marks(tmp_path: Path, number: int, order: tuple[Path, ...]) -> None:
    with Library.open(Places.under(tmp_path)) as library:
        store(library, order[0], number)
        library.mark([story.key for story in library.get_story_rows(str(number))], read=True)
        for path in order[1:]:
            store(library, path, None)
        (head,) = library.get_issue_rows()
        assert (head.number, head.unread_count) == (number, 0)
        links = [link for story in library.get_issue(head.ref).stories for link in story.links]
        assert any(link.url for link in links), "the format with URLs must be stored"


@needs_corpus
def test_marks_apply_across_formats_after_deleting_the_cache(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    with Library.open(places) as library:
        store(library, CORPUS / "wordpress/443.html", 443)
        library.mark([story.key for story in library.get_story_rows("443")], read=True)
    for file in places.cache_folder.iterdir():
        file.unlink()
    with Library.open(places) as library:
        store(library, CORPUS / "markdown/443.md", None)
        assert library.get_issue_rows()[0].unread_count == 0
