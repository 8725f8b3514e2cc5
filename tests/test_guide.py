from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from importai_tui.clock import utc_now
from importai_tui.guide import load_guide_issues, open_demo, open_guide
from importai_tui.library.library import Library
from importai_tui.library.stats import get_library_stats
from importai_tui.links.urls import validate_url
from importai_tui.model import (
    Issue,
    LinkKind,
    LinkRole,
    Paragraph,
    ParagraphRole,
    StoryKind,
    iter_block_spans,
    spans_to_text,
)
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.state.maintenance import Maintenance


@pytest.fixture(scope="module")
def issues() -> tuple[Issue, ...]:
    return tuple(parse_issue(p.data, number=p.number, title=p.title, date=p.date) for p in load_guide_issues())


def test_the_guide_has_three_issues_oldest_first() -> None:
    pages = load_guide_issues()
    assert [page.number for page in pages] == [1, 2, 3]
    assert sorted(page.date for page in pages) == [page.date for page in pages]


def test_each_issue_has_the_expected_stories(issues: tuple[Issue, ...]) -> None:
    kinds = [[story.kind.value for story in issue.stories] for issue in issues]
    assert kinds == [
        ["essay", "story", "story", "story", "story", "story", "tech-tales"],
        ["story", "story", "story", "tech-tales"],
        ["story", "story", "story", "story", "story", "story", "tech-tales"],
    ]


def test_every_news_story_has_a_tagline_and_why(issues: tuple[Issue, ...]) -> None:
    for issue in issues:
        for story in issue.stories:
            if story.kind is StoryKind.STORY:
                assert story.tagline
                assert story.why or story.headline.startswith("Start here")


def test_every_tale_has_a_dateline_and_inspirations(issues: tuple[Issue, ...]) -> None:
    for issue in issues:
        tale = issue.stories[-1]
        assert tale.tagline
        assert tale.tagline.startswith("[")
        assert len(tale.inspirations) >= 3


def test_the_guide_has_every_kind_of_block(issues: tuple[Issue, ...]) -> None:
    blocks = [block for issue in issues for story in issue.stories for block in story.blocks]
    assert {type(block).__name__ for block in blocks} == {
        "Paragraph",
        "ListBlock",
        "Quote",
        "Heading",
        "Code",
        "Figure",
        "Rule",
    }
    assert {block.role for block in blocks if isinstance(block, Paragraph)} == set(ParagraphRole)
    spans = [span for block in blocks for span in iter_block_spans(block)]
    assert any(span.bold for span in spans)
    assert any(span.italic for span in spans)
    assert any(span.code for span in spans)


def test_every_address_of_the_guide_is_safe(issues: tuple[Issue, ...]) -> None:
    links = [link for issue in issues for story in issue.stories for link in story.links]
    assert all(link.url and validate_url(link.url).startswith("https://") for link in links)
    kinds = {LinkKind.PAPER, LinkKind.CODE, LinkKind.DATASET, LinkKind.MODEL, LinkKind.ISSUE}
    assert {link.kind for link in links} >= kinds
    assert {link.role for link in links} == set(LinkRole)


def test_the_issues_refer_to_each_other(issues: tuple[Issue, ...]) -> None:
    references = [reference for issue in issues for story in issue.stories for reference in story.cross_references]
    assert {reference.number for reference in references} == {1, 2}
    assert any(reference.link for reference in references)
    assert any(not reference.link for reference in references)


def test_the_first_story_fits_forty_lines(issues: tuple[Issue, ...]) -> None:
    first = issues[-1].stories[0]
    assert first.word_count < 200
    assert "importai-tui import PATH" in first.text
    assert "ctrl+g" in first.text


def test_keys_in_the_guide_are_code(issues: tuple[Issue, ...]) -> None:
    first = issues[-1].stories[0]
    code = {spans_to_text([span]) for block in first.blocks for span in iter_block_spans(block) if span.code}
    assert {"space", "n", "1", "9", "tab", "?", "q"} <= code


def test_marks_of_the_guide_last_in_its_own_file(places: Places) -> None:
    with open_guide(places) as library:
        key = library.get_story("3", 1).key
        library.mark([key], read=True, starred=True)
        library.set_note(key, "Try this again")
        assert [head.ref for head in library.get_issue_rows()] == ["3", "2", "1"]
    assert not places.archive.exists()
    with open_guide(places) as library:
        assert library.state.is_read(key)
    with Library.open(places) as library:
        assert library.is_empty()
        assert not library.state.get_story_states()
        assert len(list(library.state.export_lines())) == 1, "the header alone"
        assert library.undo() is None


def test_the_guide_shares_settings_but_no_draft(places: Places) -> None:
    with open_guide(places) as guide, Library.open(places) as library:
        for name in ("theme", "guide", "draft", "catching-up"):
            guide.state.save_value(name, "x")
            assert guide.state.load_value(name) == "x"
        assert [library.state.load_value(name) for name in ("theme", "guide")] == ["x", "x"]
        assert [library.state.load_value(name) for name in ("draft", "catching-up")] == [None, None]


def test_undo_in_the_guide_leaves_the_archive_alone(places: Places) -> None:
    with Library.open(places) as library:
        library.state.mark(["own"], starred=True)
    with open_guide(places) as guide:
        assert guide.undo() is None
        guide.mark([guide.get_story("1", 1).key], starred=True)
        assert guide.undo()
    with Library.open(places) as library:
        assert library.state.is_starred("own")


def test_a_damaged_marks_file_does_not_close_the_guide(places: Places) -> None:
    places.cache_folder.mkdir(parents=True)
    (places.cache_folder / "guide.sqlite3").mkdir()
    with open_guide(places) as guide:
        guide.mark([guide.get_story("1", 1).key], read=True)


def test_old_marks_of_the_guide_are_not_exported(places: Places) -> None:
    with Library.open(places) as library:
        key = "start-here-press-1-and-a-paper-e1e22f5e"
        library.state.mark([key, "own"], read=True, starred=True)
        library.state.tag([key], "robots")
        library.state.set_note(key, "A note")
        library.state.add_highlight(key, "A quote")
        assert [state.key for state in library.state.get_story_states()] == ["own"]
        assert not any(key in line for line in library.state.export_lines())
        stats = get_library_stats(library)
        counts = (stats.starred_count, stats.tagged_count, stats.noted_count, stats.highlight_count)
        assert counts == (1, 0, 0, 0)


def test_the_demo_leaves_no_files(tmp_path: Path) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    scratch.mkdir()
    environment = os.environ | {HOME_VARIABLE: str(home), "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "importai_tui", "--demo", "mark", "1/1", "--read"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert not home.exists()
    assert not list(scratch.iterdir())


def test_closing_the_demo_forgets_its_marks() -> None:
    with open_demo() as library:
        library.mark([library.get_story("1", 1).key], read=True)
    with open_demo() as library:
        assert not library.state.is_read(library.get_story("1", 1).key)


def test_marks_on_the_guide_are_not_shared(places: Places, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    with open_guide(places) as library:
        library.mark([library.get_story_rows("1")[0].key], starred=True)
    care = Maintenance(places.reading, utc_now, shared)
    care.stop()
    care.run()
    assert "starred" not in "".join(path.read_text() for path in shared.iterdir())
