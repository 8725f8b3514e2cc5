"""State follows the text through real databases: what the reader did is still there, wherever the story went."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from tests.examples import make_issue, make_story
from tests.shared import CORPUS, needs_corpus

OTTERS = "Otters count the rivers of the north and forget none of them at all."
WATER = "Slow water is easier to count than quick water, or so the otters say."


def issue_of(*stories: tuple[str, str, str], links: int = 1) -> Issue:
    """An issue of stories, each with its key, its headline and its text."""
    made = (
        replace(
            make_story(key, position, headline, links=links),
            blocks=tuple(Paragraph((Span(part),)) for part in text.split("\n\n")),
        )
        for position, (key, headline, text) in enumerate(stories, 1)
    )
    return replace(make_issue("x", number=401, slug="otters"), stories=tuple(made))


def store(library: Library, issue: Issue) -> None:
    library.store(issue, b"page", "page.html")


def use(library: Library, key: str) -> None:
    """Do everything to a story that can be done to one."""
    library.mark([key], read=True, starred=True)
    library.tag([key], f"tag of {key}")
    library.set_note(key, f"Note of {key}.")
    library.add_highlight(key, "count the rivers", f"Remark on {key}.", 0)
    library.save_scroll_position(key, "[1]")


def shown(library: Library, key: str) -> tuple[object, ...]:
    quoted = [(x.quote, x.remark) for x in library.state.get_highlights(key)]
    marks = (library.state.is_read(key), library.state.is_starred(key))
    return (
        *marks,
        library.state.get_tags(key),
        library.state.get_note(key),
        quoted,
        library.state.get_scroll_position(key),
    )


def used(key: str) -> tuple[object, ...]:
    return True, True, (f"tag of {key}",), f"Note of {key}.", [("count the rivers", f"Remark on {key}.")], "[1]"


NOTHING: tuple[object, ...] = (False, False, (), None, [], None)


@pytest.fixture
def emptied(places: Places) -> Callable[[Library], Library]:
    """Closes a library, deletes its cache and opens it again."""

    def empty(library: Library) -> Library:
        library.close()
        shutil.rmtree(places.cache_folder)
        return Library.open(places)

    return empty


def test_all_state_follows_an_edited_headline_after_the_cache_is_deleted(
    library: Library, emptied: Callable[[Library], Library]
) -> None:
    store(library, issue_of(("old", "Otters count the rivers", OTTERS), ("b", "Herons wait for fish", "Fish.")))
    use(library, "old")
    with emptied(library) as again:
        store(again, issue_of(("b", "Herons wait for fish", "Fish."), ("new", "Otters counted the rivers", OTTERS)))
        assert shown(again, "new") == used("old")
        assert shown(again, "b") == NOTHING
        assert shown(again, "old") == used("old"), "another machine may still have it under that key"
        assert again.state.find_problems() == ()


def test_state_follows_there_and_back_and_the_newest_word_wins(
    library: Library, emptied: Callable[[Library], Library]
) -> None:
    first, second = (
        issue_of((key, f"Otters {word} the rivers", OTTERS)) for key, word in (("a", "count"), ("b", "counted"))
    )
    store(library, first)
    use(library, "a")
    with emptied(library) as again:
        store(again, second)
        again.mark(["b"], starred=False)
        again.tag(["b"], "later")
        with emptied(again) as back:
            store(back, first)
            assert not back.state.is_starred("a")
            assert back.state.get_tags("a") == ("later", "tag of a")
            assert back.state.is_read("a")


def test_following_twice_changes_nothing(library: Library, emptied: Callable[[Library], Library]) -> None:
    new = issue_of(("new", "Otters counted the rivers", OTTERS))
    store(library, issue_of(("old", "Otters count the rivers", OTTERS)))
    use(library, "old")
    with emptied(library) as again:
        store(again, new)
        before = list(again.state.export_lines())[1:]
        store(again, new)
        assert again.migrate_state() == 0
        assert list(again.state.export_lines())[1:] == before


def test_following_is_no_undo_step(library: Library, emptied: Callable[[Library], Library]) -> None:
    store(library, issue_of(("old", "Otters count the rivers", OTTERS)))
    library.mark(["old"], starred=True)
    with emptied(library) as again:
        store(again, issue_of(("new", "Otters counted the rivers", OTTERS)))
        change = again.undo()
        assert change is not None
        assert change.label == "Undone: starred 1 story"


def test_of_a_split_the_part_that_keeps_the_beginning_keeps_the_state(library: Library) -> None:
    store(library, issue_of(("old", "A long report from the north", f"{OTTERS}\n\n{WATER}")))
    use(library, "old")
    store(library, issue_of(("w", "Of water", WATER), ("o", "Of otters", OTTERS), links=2))
    assert shown(library, "o") == used("old")
    assert shown(library, "w") == NOTHING


def test_a_merge_of_a_read_and_an_unread_story_is_not_read_and_loses_nothing(library: Library) -> None:
    store(library, issue_of(("a", "Of otters", OTTERS), ("b", "Of water", WATER)))
    use(library, "a")
    library.set_note("b", "Note of b.")
    store(library, issue_of(("new", "A long report from the north", f"{OTTERS}\n\n{WATER}"), links=3))
    assert shown(library, "new") == (
        *(False, True, ("tag of a",), "Note of a.\n\nNote of b."),
        *([("count the rivers", "Remark on a.")], None),
    )


def test_a_merge_of_two_read_stories_is_read(library: Library) -> None:
    store(library, issue_of(("a", "Of otters", OTTERS), ("b", "Of water", WATER)))
    library.mark(["a", "b"], read=True)
    store(library, issue_of(("new", "A long report from the north", f"{OTTERS}\n\n{WATER}"), links=3))
    assert library.state.is_read("new")


def test_a_story_that_moves_within_its_issue_keeps_its_state_and_gives_none_away(library: Library) -> None:
    store(library, issue_of(("a", "Of otters", OTTERS), ("b", "Of water", WATER)))
    use(library, "a")
    store(library, issue_of(("b", "Of water", WATER), ("a", "Of otters", OTTERS), links=3))
    assert library.get_story_rows("401")[1].key == "a"
    assert shown(library, "a") == used("a")
    assert shown(library, "b") == NOTHING


def test_a_better_parser_that_cuts_anew_takes_the_state_along(library: Library) -> None:
    store(library, issue_of(("old", "A long report from the north", f"{OTTERS}\n\n{WATER}")))
    use(library, "old")
    (issue_id,) = library.archive.find_issues_to_reparse(99)
    library.rebuild(issue_id, issue_of(("o", "Of otters", OTTERS), ("w", "Of water", WATER)), 99)
    assert shown(library, "o") == used("old")


def test_a_mark_of_another_window_a_moment_ago_follows_too(library: Library, places: Places) -> None:
    store(library, issue_of(("a", "Of otters", OTTERS), ("b", "Of water", WATER)))
    library.mark(["b"], read=True)
    store(library, issue_of(("b", "Of water", WATER), ("o", "Upon the rivers", OTTERS), links=2))
    with Library.open(places) as other:
        other.mark(["o"], starred=True)
    store(library, issue_of(("b", "Of water", WATER), ("n", "North", OTTERS), links=3))
    assert library.state.is_starred("n")


def test_state_that_cannot_follow_stays_where_it_is(library: Library) -> None:
    store(library, issue_of(("a", "Of otters", OTTERS), ("b", "Of water", WATER)))
    use(library, "a")
    store(library, issue_of(("b", "Of water", WATER), links=3))
    assert shown(library, "a") == used("a")
    assert shown(library, "b") == NOTHING


def test_a_story_that_moved_to_another_issue_takes_its_state_there_alone(
    library: Library, emptied: Callable[[Library], Library]
) -> None:
    store(library, issue_of(("a", "Otters count the rivers", OTTERS)))
    use(library, "a")
    with emptied(library) as again:
        store(again, replace(issue_of(("a", "Otters count the rivers", OTTERS)), number=402, slug="moved"))
        store(again, issue_of(("b", "Otters counted the rivers", WATER)))
        assert shown(again, "a") == used("a")
        assert shown(again, "b") == NOTHING


def test_state_of_an_issue_without_a_number_follows_once_it_has_one(
    library: Library, emptied: Callable[[Library], Library]
) -> None:
    store(library, replace(issue_of(("old", "Otters count the rivers", OTTERS)), number=None))
    use(library, "old")
    with emptied(library) as again:
        store(again, issue_of(("new", "Otters counted the rivers", OTTERS)))
        assert shown(again, "new") == used("old")


def test_what_another_machine_says_of_its_key_reaches_ours(library: Library) -> None:
    store(library, issue_of(("ours", "Otters count the rivers", OTTERS)))
    library.tag(["ours"], "mine")
    at = "2030-03-03T12:00:00.000000+00:00"
    library.state.merge(
        [
            f'{{"importai-tui":"reading-state","version":1,"machine":"m","at":"{at}"}}',
            f'{{"key":"theirs","field":"read","value":"2030-03-03T12:00:00+00:00","at":"{at}","machine":"m",'
            '"headline":"Otters counted the rivers","issue":"401"}',
        ]
    )
    assert library.migrate_state() == 1
    assert library.state.is_read("ours")


NUMBERS = sorted(
    {p.stem for p in (CORPUS / "wordpress").glob("*.html")} & {p.stem for p in (CORPUS / "markdown").glob("*.md")}
)


@needs_corpus
@pytest.mark.parametrize("forms", [("wordpress", "markdown"), ("markdown", "wordpress")])
def test_a_cache_refilled_from_another_form_keeps_every_mark(tmp_path: Path, forms: tuple[str, str]) -> None:
    places = Places.under(tmp_path)

    def fill(library: Library, form: str) -> None:
        for path in (p for number in NUMBERS for p in (CORPUS / form).glob(f"{number}.*")):
            library.store(parse_issue(path.read_bytes(), number=int(path.stem)), b"", path.name)

    with Library.open(places) as library:
        fill(library, forms[0])
        keys = [story.key for head in library.get_issue_rows() for story in library.get_story_rows(head.ref)]
        assert keys
        library.mark(keys, read=True, starred=True)
        for key in keys:
            library.set_note(key, f"Note of {key}.")
    shutil.rmtree(places.cache_folder)
    with Library.open(places) as library:
        fill(library, forms[1])
        held = [story for head in library.get_issue_rows() for story in library.get_story_rows(head.ref)]
        notes = "\n".join(library.state.get_note(story.key) or "" for story in held)
        assert [key for key in keys if f"Note of {key}." not in notes] == []
        assert [story.ref for story in held if not story.is_read] == []


def test_undoing_what_was_done_before_a_story_was_renamed_reaches_its_new_name(library: Library) -> None:
    store(library, issue_of(("a", "Otters count the rivers", OTTERS), ("b", "Slow water", WATER)))
    library.mark(["a"], read=True)
    store(library, issue_of(("c", "A census of streams", OTTERS), ("b", "Slow water", WATER), links=2))
    assert library.state.is_read("c")
    library.undo()
    assert not library.state.is_read("c")
    library.redo()
    assert library.state.is_read("c")


def test_state_follows_at_the_next_start_where_a_run_was_killed_before_it_could(
    library: Library, places: Places
) -> None:
    store(library, issue_of(("a", "Otters count the rivers", OTTERS), ("b", "Slow water", WATER)))
    library.mark(["a"], read=True)
    edited = issue_of(("c", "A census of streams", OTTERS), ("b", "Slow water", WATER), links=2)
    library.archive.store(edited, b"page", "page.html", parser_version=1)  # killed here
    with Library.open(places) as again:
        assert not again.state.is_read("c")
        again.migrate_removed_state()
        assert again.state.is_read("c")
        assert again.archive.find_issues_with_removed_stories() == []
