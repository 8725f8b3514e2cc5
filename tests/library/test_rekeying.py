"""State moves to the successor of a story: first the rules for values, then whole libraries."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.library.rekeying import RemovedStory, Successor, copy_registers, find_successors, move_quotes
from importai_tui.model import Issue, Paragraph, Span, Story, StoryKind
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from importai_tui.state.fields import Register
from tests.corpus import CORPUS, needs_corpus
from tests.examples import make_issue, make_story

OTTERS = "Otters count the rivers of the north and forget none of them"
WATER = "Slow water is easier to count than quick water, the otters say"
HERONS = "Herons stand in shallow water and wait for whatever may come by"


def make_present(key: str, headline: str, *paragraphs: str) -> Story:
    blocks = tuple(Paragraph((Span(text),)) for text in paragraphs)
    return Story(key, 1, StoryKind.STORY, headline, blocks=blocks)


def make_removed(key: str, headline: str, *paragraphs: str) -> RemovedStory:
    """Return a story that the archive had until now."""
    return RemovedStory(key, headline, "\n\n".join(paragraphs), was_stored=True)


def test_the_same_headline_is_the_same_story() -> None:
    present = [make_present("new", "OTTERS count – rivers"), make_present("other", "Herons wait")]
    found = find_successors([RemovedStory("old", "Otters count rivers")], present, ())
    assert found == {"old": Successor("new", True)}


def test_the_text_decides_between_equal_short_headlines() -> None:
    present = [make_present("a", "Untitled", HERONS), make_present("b", "Untitled", WATER, OTTERS)]
    found = find_successors([make_removed("old", "Untitled", OTTERS)], present, ())
    assert found == {"old": Successor("b", True)}


def test_an_equal_short_headline_is_enough() -> None:
    found = find_successors([RemovedStory("old", "Untitled")], [make_present("new", "Untitled", OTTERS)], ())
    assert found == {"old": Successor("new", True)}


def test_an_edited_headline_is_the_same_story() -> None:
    present = [
        make_present("new", "Robot otters count the rivers"),
        make_present("other", "Herons wait for whatever"),
    ]
    found = find_successors([RemovedStory("old", "Robots otter count the river")], present, ())
    assert found == {"old": Successor("new", True)}


def test_a_known_story_is_no_edit() -> None:
    present = [make_present("one", "The river report, part 1")]
    found = find_successors([RemovedStory("two", "The river report, part 2")], present, {"one"})
    assert found == {"two": Successor("one", False)}


def test_another_key_from_another_machine_is_the_same_story() -> None:
    present = [make_present("ours", "Robot otters count the rivers")]
    found = find_successors([RemovedStory("theirs", "Robot otters counted the rivers")], present, {"ours"})
    assert found == {"theirs": Successor("ours", True)}


def test_the_first_part_of_a_split_is_the_same_story() -> None:
    present = [make_present("a", "First the water", WATER), make_present("b", "Then the otters", OTTERS)]
    found = find_successors([make_removed("old", "A long report", OTTERS, WATER)], present, ())
    assert found == {"old": Successor("b", True)}


def test_a_headline_that_was_part_of_the_text_is_found() -> None:
    present = [make_present("a", "Otters count", OTTERS), make_present("b", "Herons wait", HERONS)]
    removed = make_removed("old", f"Otters count: {OTTERS}", f"Otters count: {OTTERS}", f"Herons wait: {HERONS}")
    assert find_successors([removed], present, ()) == {"old": Successor("a", True)}


@pytest.mark.parametrize("field", ["highlight", "forecast"])
def test_a_quote_moves_to_the_story_that_has_its_words(field: str) -> None:
    present = [make_present("a", "Otters count", OTTERS), make_present("b", "Herons wait", HERONS)]
    first, second, lost = (
        make_register("a", f"{field}:{n}", json.dumps({"quote": quote}), n)
        for n, quote in enumerate((OTTERS[:30], HERONS[:30], "Words that are gone"))
    )
    assert [register.key for register in move_quotes([first, second, lost], present)] == ["a", "b", "a"]


def test_a_merge_is_found_by_the_old_text() -> None:
    present = [make_present("a", "Herons wait", HERONS), make_present("b", "A long report", OTTERS, WATER)]
    found = find_successors([make_removed("old", "On slow water", WATER)], present, {"b"})
    assert found == {"old": Successor("b", False)}


def test_a_merge_is_found_by_the_old_headline() -> None:
    present = [
        make_present("a", "Herons wait", HERONS),
        make_present("b", "A long report", OTTERS, "Of the slow water: it is easier."),
    ]
    found = find_successors([RemovedStory("old", "Of the slow water")], present, {"b"})
    assert found == {"old": Successor("b", False)}


def test_a_short_headline_in_a_text_is_no_successor() -> None:
    assert find_successors([RemovedStory("old", "Otters")], [make_present("a", "A report", OTTERS)], ()) == {}


def test_a_deleted_story_has_no_successor() -> None:
    present = [make_present("a", "Herons wait", HERONS)]
    assert find_successors([make_removed("old", "On slow water", WATER)], present, {"a"}) == {}


def test_many_renamed_stories_are_found_by_text() -> None:
    texts = [f"Otter number {n} counts the rivers of the north, and forgets none of them" for n in range(300)]
    removed = [make_removed(f"old{n}", f"An old headline, {n:03}", text) for n, text in enumerate(texts)]
    present = [make_present(f"new{n}", f"Quite another title {n:03}", text) for n, text in enumerate(texts)]
    found = find_successors(removed, present, ())
    assert found == {f"old{n}": Successor(f"new{n}", True) for n in range(300)}


def test_a_paragraph_is_not_found_across_two_stories() -> None:
    present = [make_present("a", "Herons wait", OTTERS[:30]), make_present("b", "Pikes wait", OTTERS[30:])]
    assert find_successors([make_removed("old", "A long report", OTTERS)], present, ()) == {}


def make_register(key: str, field: str, value: str | None, second: int) -> Register:
    return Register(key, field, value, f"2025-03-03T12:00:{second:02}.000000+00:00", "m")


def copy_values(
    *registers: Register,
    successors: dict[str, Successor],
    stored: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
) -> set[tuple[str, str | None]]:
    """Return fields and values for the successors; `stored` are the keys that the archive had until now."""
    by_key: dict[str, list[Register]] = {}
    for register in registers:
        by_key.setdefault(register.key, []).append(register)
    removed = [RemovedStory(key, key, was_stored=key in stored) for key in successors]
    return {(copy.field, copy.value) for copy in copy_registers(by_key, removed, successors, known)}


def test_all_state_moves_to_the_same_story() -> None:
    registers = [
        make_register("old", "read", "t", 1),
        make_register("old", "starred", None, 2),
        make_register("old", "place", "[1]", 3),
    ]
    copies = copy_registers({"old": registers}, [RemovedStory("old", "")], {"old": Successor("new", True)}, ())
    assert copies == [register.with_key("new") for register in registers]


def test_of_a_part_all_moves_but_read_and_position() -> None:
    registers = (
        make_register("old", "read", "t", 1),
        make_register("old", "starred", "t", 1),
        make_register("old", "tag:x", "t", 1),
        make_register("old", "tag:y", None, 1),
        make_register("old", "place", "[1]", 1),
        make_register("old", "note", "Yes.", 1),
    )
    copies = copy_values(*registers, successors={"old": Successor("new", False)})
    assert copies == {("starred", "t"), ("tag:x", "t"), ("note", "Yes.")}


def test_a_merge_is_read_if_all_parts_were() -> None:
    successors = {"a": Successor("new", True), "b": Successor("new", False)}
    a, b = make_register("a", "read", "t", 1), make_register("b", "read", "t", 2)
    assert copy_values(a, successors=successors, stored=("a", "b")) == set()
    assert copy_values(a, b, successors=successors, stored=("a", "b")) == {("read", "t")}
    assert copy_values(a, b, successors=successors, stored=("a", "b"), known=("new",)) == set()


def test_notes_of_a_merge_are_joined() -> None:
    successors = {"a": Successor("new", False), "b": Successor("new", False)}
    notes = (
        make_register("new", "note", "One.", 9),
        make_register("a", "note", "Two.", 1),
        make_register("b", "note", "Three.", 2),
    )
    copies = copy_values(*notes, successors=successors, stored=("a", "b"), known=("new",))
    assert ("note", "One.\n\nTwo.\n\nThree.") in copies


def test_a_shortened_note_is_not_joined_again() -> None:
    notes = (make_register("new", "note", "One.", 9), make_register("old", "note", "Two.", 1))
    assert copy_values(*notes, successors={"old": Successor("new", False)}) == {("note", "One.")}


OTTERS_TEXT = f"{OTTERS} at all."
WATER_TEXT = "Slow water is easier to count than quick water, or so the otters say."


def make_stored_issue(*stories: tuple[str, str, str], links: int = 1) -> Issue:
    """Return issue 401 with stories of a key, a headline and a text each."""
    made = (
        replace(
            make_story(key, position, headline, links=links),
            blocks=tuple(Paragraph((Span(part),)) for part in text.split("\n\n")),
        )
        for position, (key, headline, text) in enumerate(stories, 1)
    )
    return replace(make_issue("x", number=401, slug="otters"), stories=tuple(made))


def store(library: Library, issue: Issue, origin: str = "") -> None:
    """Store a copy of an issue. A source may send an edit with fewer stories, which a file may not."""
    library.store(issue, b"page", "page.html", origin=origin)


def add_state(library: Library, key: str) -> None:
    """Add every kind of state to a story."""
    library.mark([key], read=True, starred=True)
    library.tag([key], f"tag-of-{key}")
    library.set_note(key, f"Note of {key}.")
    library.add_highlight(key, "count the rivers", f"Remark on {key}.", 0)
    library.save_scroll_position(key, "[1]")


def read_state(library: Library, key: str) -> tuple[object, ...]:
    state = library.state
    highlights = [(highlight.quote, highlight.remark) for highlight in state.get_highlights(key)]
    return (
        state.is_read(key),
        state.is_starred(key),
        state.get_tags(key),
        state.get_note(key),
        highlights,
        state.get_scroll_position(key),
    )


def make_added_state(key: str) -> tuple[object, ...]:
    """Return what `read_state` gives after `add_state`."""
    return True, True, (f"tag-of-{key}",), f"Note of {key}.", [("count the rivers", f"Remark on {key}.")], "[1]"


NO_STATE: tuple[object, ...] = (False, False, (), None, [], None)


@pytest.fixture
def delete_cache(places: Places) -> Callable[[Library], Library]:
    """Close a library, delete its cache and open it again."""

    def delete(library: Library) -> Library:
        library.close()
        shutil.rmtree(places.cache_folder)
        return Library.open(places)

    return delete


def test_state_moves_with_an_edited_headline(library: Library, delete_cache: Callable[[Library], Library]) -> None:
    store(
        library,
        make_stored_issue(("old", "Otters count the rivers", OTTERS_TEXT), ("b", "Herons wait for fish", "Fish.")),
    )
    add_state(library, "old")
    with delete_cache(library) as again:
        store(
            again,
            make_stored_issue(
                ("b", "Herons wait for fish", "Fish."), ("new", "Otters counted the rivers", OTTERS_TEXT)
            ),
        )
        assert read_state(again, "new") == make_added_state("old")
        assert read_state(again, "b") == NO_STATE
        assert read_state(again, "old") == make_added_state("old"), "another machine may still have the old key"
        assert again.state.find_problems() == ()


def test_later_changes_move_back_too(library: Library, delete_cache: Callable[[Library], Library]) -> None:
    first = make_stored_issue(("a", "Otters count the rivers", OTTERS_TEXT))
    second = make_stored_issue(("b", "Otters counted the rivers", OTTERS_TEXT))
    store(library, first)
    add_state(library, "a")
    with delete_cache(library) as again:
        store(again, second)
        again.mark(["b"], starred=False)
        again.tag(["b"], "later")
        with delete_cache(again) as back:
            store(back, first)
            assert not back.state.is_starred("a")
            assert back.state.get_tags("a") == ("later", "tag-of-a")
            assert back.state.is_read("a")


def test_a_second_migration_changes_nothing(library: Library, delete_cache: Callable[[Library], Library]) -> None:
    new = make_stored_issue(("new", "Otters counted the rivers", OTTERS_TEXT))
    store(library, make_stored_issue(("old", "Otters count the rivers", OTTERS_TEXT)))
    add_state(library, "old")
    with delete_cache(library) as again:
        store(again, new)
        before = list(again.state.export_lines())[1:]
        store(again, new)
        assert again.migrate_state() == 0
        assert list(again.state.export_lines())[1:] == before


def test_a_migration_is_no_undo_step(library: Library, delete_cache: Callable[[Library], Library]) -> None:
    store(library, make_stored_issue(("old", "Otters count the rivers", OTTERS_TEXT)))
    library.mark(["old"], starred=True)
    with delete_cache(library) as again:
        store(again, make_stored_issue(("new", "Otters counted the rivers", OTTERS_TEXT)))
        change = again.undo()
        assert change is not None
        assert change.label == "Undid: star on 1 story"


def test_state_moves_to_the_first_part_of_a_split(library: Library) -> None:
    store(library, make_stored_issue(("old", "A long report from the north", f"{OTTERS_TEXT}\n\n{WATER_TEXT}")))
    add_state(library, "old")
    store(library, make_stored_issue(("w", "Of water", WATER_TEXT), ("o", "Of otters", OTTERS_TEXT), links=2))
    assert read_state(library, "o") == make_added_state("old")
    assert read_state(library, "w") == NO_STATE


def test_a_merge_with_an_unread_story_is_unread(library: Library) -> None:
    store(library, make_stored_issue(("a", "Of otters", OTTERS_TEXT), ("b", "Of water", WATER_TEXT)), "substack")
    add_state(library, "a")
    library.set_note("b", "Note of b.")
    merged = ("new", "A long report from the north", f"{OTTERS_TEXT}\n\n{WATER_TEXT}")
    store(library, make_stored_issue(merged, links=3), "substack")
    assert read_state(library, "new") == (
        False,
        True,
        ("tag-of-a",),
        "Note of a.\n\nNote of b.",
        [("count the rivers", "Remark on a.")],
        None,
    )


def test_a_merge_of_two_read_stories_is_read(library: Library) -> None:
    store(library, make_stored_issue(("a", "Of otters", OTTERS_TEXT), ("b", "Of water", WATER_TEXT)), "substack")
    library.mark(["a", "b"], read=True)
    merged = ("new", "A long report from the north", f"{OTTERS_TEXT}\n\n{WATER_TEXT}")
    store(library, make_stored_issue(merged, links=3), "substack")
    assert library.state.is_read("new")


def test_a_story_that_moves_in_its_issue_keeps_its_state(library: Library) -> None:
    store(library, make_stored_issue(("a", "Of otters", OTTERS_TEXT), ("b", "Of water", WATER_TEXT)))
    add_state(library, "a")
    store(library, make_stored_issue(("b", "Of water", WATER_TEXT), ("a", "Of otters", OTTERS_TEXT), links=3))
    assert library.get_story_rows("401")[1].key == "a"
    assert read_state(library, "a") == make_added_state("a")
    assert read_state(library, "b") == NO_STATE


def test_a_rebuild_moves_state(library: Library) -> None:
    store(library, make_stored_issue(("old", "A long report from the north", f"{OTTERS_TEXT}\n\n{WATER_TEXT}")))
    add_state(library, "old")
    (issue_id,) = library.archive.find_issues_to_reparse(99)
    library.rebuild(issue_id, make_stored_issue(("o", "Of otters", OTTERS_TEXT), ("w", "Of water", WATER_TEXT)), 99)
    assert read_state(library, "o") == make_added_state("old")


def test_a_recent_mark_of_another_process_moves(library: Library, places: Places) -> None:
    store(library, make_stored_issue(("a", "Of otters", OTTERS_TEXT), ("b", "Of water", WATER_TEXT)))
    library.mark(["b"], read=True)
    store(library, make_stored_issue(("b", "Of water", WATER_TEXT), ("o", "Upon the rivers", OTTERS_TEXT), links=2))
    with Library.open(places) as other:
        other.mark(["o"], starred=True)
    store(library, make_stored_issue(("b", "Of water", WATER_TEXT), ("n", "North", OTTERS_TEXT), links=3))
    assert library.state.is_starred("n")


def test_state_without_a_successor_stays(library: Library) -> None:
    store(library, make_stored_issue(("a", "Of otters", OTTERS_TEXT), ("b", "Of water", WATER_TEXT)))
    add_state(library, "a")
    store(library, make_stored_issue(("b", "Of water", WATER_TEXT), links=3))
    assert read_state(library, "a") == make_added_state("a")
    assert read_state(library, "b") == NO_STATE


def test_state_stays_with_a_story_in_another_issue(
    library: Library, delete_cache: Callable[[Library], Library]
) -> None:
    issue = make_stored_issue(("a", "Otters count the rivers", OTTERS_TEXT))
    store(library, issue)
    add_state(library, "a")
    with delete_cache(library) as again:
        store(again, replace(issue, number=402, slug="moved"))
        store(again, make_stored_issue(("b", "Otters counted the rivers", WATER_TEXT)))
        assert read_state(again, "a") == make_added_state("a")
        assert read_state(again, "b") == NO_STATE


def test_state_of_an_unnumbered_issue_moves_to_the_numbered_one(
    library: Library, delete_cache: Callable[[Library], Library]
) -> None:
    store(library, replace(make_stored_issue(("old", "Otters count the rivers", OTTERS_TEXT)), number=None))
    add_state(library, "old")
    with delete_cache(library) as again:
        store(again, make_stored_issue(("new", "Otters counted the rivers", OTTERS_TEXT)))
        assert read_state(again, "new") == make_added_state("old")


def test_state_of_another_machines_key_moves(library: Library) -> None:
    store(library, make_stored_issue(("ours", "Otters count the rivers", OTTERS_TEXT)))
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


def test_undo_reaches_a_story_that_was_renamed_later(library: Library) -> None:
    store(library, make_stored_issue(("a", "Otters count the rivers", OTTERS_TEXT), ("b", "Slow water", WATER_TEXT)))
    library.mark(["a"], read=True)
    renamed = ("c", "A census of streams", OTTERS_TEXT)
    store(library, make_stored_issue(renamed, ("b", "Slow water", WATER_TEXT), links=2))
    assert library.state.is_read("c")
    library.undo()
    assert not library.state.is_read("c")
    library.redo()
    assert library.state.is_read("c")


def test_the_next_start_finishes_a_killed_migration(library: Library, places: Places) -> None:
    store(library, make_stored_issue(("a", "Otters count the rivers", OTTERS_TEXT), ("b", "Slow water", WATER_TEXT)))
    library.mark(["a"], read=True)
    renamed = ("c", "A census of streams", OTTERS_TEXT)
    edited = make_stored_issue(renamed, ("b", "Slow water", WATER_TEXT), links=2)
    library.archive.store(edited, b"page", "page.html", parser_version=1)  # as if the process was killed here
    with Library.open(places) as again:
        assert not again.state.is_read("c")
        again.migrate_removed_state()
        assert again.state.is_read("c")
        assert again.archive.find_issues_with_removed_stories() == []


NUMBERS = sorted(
    {p.stem for p in (CORPUS / "wordpress").glob("*.html")} & {p.stem for p in (CORPUS / "markdown").glob("*.md")}
)


@needs_corpus
@pytest.mark.parametrize("forms", [("wordpress", "markdown"), ("markdown", "wordpress")])
def test_state_moves_to_another_form_of_real_issues(tmp_path: Path, forms: tuple[str, str]) -> None:
    places = Places.under(tmp_path)

    def store_form(library: Library, form: str) -> None:
        for path in (path for number in NUMBERS for path in (CORPUS / form).glob(f"{number}.*")):
            library.store(parse_issue(path.read_bytes(), number=int(path.stem)), b"", path.name)

    with Library.open(places) as library:
        store_form(library, forms[0])
        keys = [story.key for row in library.get_issue_rows() for story in library.get_story_rows(row.ref)]
        assert keys
        library.mark(keys, read=True, starred=True)
        for key in keys:
            library.set_note(key, f"Note of {key}.")
    shutil.rmtree(places.cache_folder)
    with Library.open(places) as library:
        store_form(library, forms[1])
        stories = [story for row in library.get_issue_rows() for story in library.get_story_rows(row.ref)]
        notes = "\n".join(library.state.get_note(story.key) or "" for story in stories)
        assert [key for key in keys if f"Note of {key}." not in notes] == []
        assert [story.ref for story in stories if not story.is_read] == []
