"""Which story a gone one lives on in, and what goes over to it."""

from __future__ import annotations

from importai_tui.library.rekeying import RemovedStory, Successor, copy_registers, find_successors
from importai_tui.model import Paragraph, Span, Story, StoryKind
from importai_tui.state.fields import Register

OTTERS = "Otters count the rivers of the north and forget none of them"
WATER = "Slow water is easier to count than quick water, the otters say"
HERONS = "Herons stand in shallow water and wait for whatever may come by"


def story(key: str, headline: str, *paragraphs: str, position: int = 1) -> Story:
    blocks = tuple(Paragraph((Span(text),)) for text in paragraphs)
    return Story(key, position, StoryKind.STORY, headline, blocks=blocks)


def held(key: str, headline: str, *paragraphs: str) -> RemovedStory:
    return RemovedStory(key, headline, "\n\n".join(paragraphs), was_stored=True)


def test_the_same_headline_is_the_same_story() -> None:
    arriving = [story("new", "OTTERS count – rivers"), story("other", "Herons wait")]
    assert find_successors([RemovedStory("old", "Otters count rivers")], arriving, ()) == {
        "old": Successor("new", True)
    }


def test_of_two_with_one_short_headline_the_text_decides() -> None:
    arriving = [story("a", "Untitled", HERONS), story("b", "Untitled", WATER, OTTERS)]
    assert find_successors([held("old", "Untitled", OTTERS)], arriving, ()) == {"old": Successor("b", True)}


def test_a_short_headline_alone_is_enough_where_it_is_the_same() -> None:
    assert find_successors([RemovedStory("old", "Untitled")], [story("new", "Untitled", OTTERS)], ()) == {
        "old": Successor("new", True)
    }


def test_an_edited_headline_is_the_same_story() -> None:
    arriving = [story("new", "Robot otters count the rivers"), story("other", "Herons wait for whatever")]
    assert find_successors([RemovedStory("old", "Robots otter count the river")], arriving, ()) == {
        "old": Successor("new", True)
    }


def test_a_story_that_stood_beside_it_is_no_edit_of_it() -> None:
    arriving = [story("one", "The river report, part 1")]
    assert find_successors([RemovedStory("two", "The river report, part 2")], arriving, {"one"}) == {
        "two": Successor("one", False)
    }


def test_another_machines_key_of_a_known_story_is_the_same_story() -> None:
    arriving = [story("ours", "Robot otters count the rivers")]
    gone = RemovedStory("theirs", "Robot otters counted the rivers")
    assert find_successors([gone], arriving, {"ours"}) == {"theirs": Successor("ours", True)}


def test_of_a_split_the_part_that_keeps_the_beginning_is_the_same_story() -> None:
    arriving = [story("a", "First the water", WATER), story("b", "Then the otters", OTTERS)]
    assert find_successors([held("old", "A long report", OTTERS, WATER)], arriving, ()) == {"old": Successor("b", True)}


def test_of_a_merge_the_story_with_most_of_the_old_text_holds_it() -> None:
    arriving = [story("a", "Herons wait", HERONS), story("b", "A long report", OTTERS, WATER)]
    assert find_successors([held("old", "On slow water", WATER)], arriving, {"b"}) == {"old": Successor("b", False)}


def test_of_a_merge_the_story_that_tells_the_old_headline_holds_it() -> None:
    arriving = [
        story("a", "Herons wait", HERONS),
        story("b", "A long report", OTTERS, "Of the slow water: it is easier."),
    ]
    assert find_successors([RemovedStory("old", "Of the slow water")], arriving, {"b"}) == {
        "old": Successor("b", False)
    }


def test_a_short_headline_in_a_text_says_nothing() -> None:
    assert find_successors([RemovedStory("old", "Otters")], [story("a", "A report", OTTERS)], ()) == {}


def test_a_story_that_was_taken_out_has_no_successor() -> None:
    arriving = [story("a", "Herons wait", HERONS)]
    assert find_successors([held("old", "On slow water", WATER)], arriving, {"a"}) == {}


def register(key: str, field: str, value: str | None, second: int) -> Register:
    return Register(key, field, value, f"2025-03-03T12:00:{second:02}.000000+00:00", "m")


def going(
    *kept: Register, to: dict[str, Successor], parts: tuple[str, ...] = (), known: tuple[str, ...] = ()
) -> set[tuple[str, str | None]]:
    by_key: dict[str, list[Register]] = {}
    for one in kept:
        by_key.setdefault(one.key, []).append(one)
    gone = [RemovedStory(key, key, was_stored=key in parts) for key in to]
    return {(r.field, r.value) for r in copy_registers(by_key, gone, to, known)}


def test_everything_goes_over_to_the_same_story_even_what_was_taken_away() -> None:
    kept = [register("old", "read", "t", 1), register("old", "starred", None, 2), register("old", "place", "[1]", 3)]
    moved = copy_registers({"old": kept}, [RemovedStory("old", "")], {"old": Successor("new", True)}, ())
    assert moved == [one.with_key("new") for one in kept]


def test_a_part_of_another_story_brings_what_was_said_of_it_and_not_that_it_was_read() -> None:
    kept = (
        *(register("old", "read", "t", 1), register("old", "starred", "t", 1), register("old", "tag:x", "t", 1)),
        *(register("old", "tag:y", None, 1), register("old", "place", "[1]", 1), register("old", "note", "Yes.", 1)),
    )
    moved = going(*kept, to={"old": Successor("new", False)})
    assert moved == {("starred", "t"), ("tag:x", "t"), ("note", "Yes.")}


def test_a_merge_is_read_only_if_all_its_parts_were() -> None:
    to = {"a": Successor("new", True), "b": Successor("new", False)}
    one = register("a", "read", "t", 1)
    assert going(one, to=to, parts=("a", "b")) == set()
    assert going(one, register("b", "read", "t", 2), to=to, parts=("a", "b")) == {("read", "t")}
    assert going(one, register("b", "read", "t", 2), to=to, parts=("a", "b"), known=("new",)) == set()


def test_the_notes_of_a_merge_are_joined() -> None:
    to = {"a": Successor("new", False), "b": Successor("new", False)}
    notes = (register("new", "note", "One.", 9), register("a", "note", "Two.", 1), register("b", "note", "Three.", 2))
    moved = going(*notes, to=to, parts=("a", "b"), known=("new",))
    assert ("note", "One.\n\nTwo.\n\nThree.") in moved


def test_a_note_that_was_joined_and_shortened_since_is_not_joined_again() -> None:
    notes = (register("new", "note", "One.", 9), register("old", "note", "Two.", 1))
    assert going(*notes, to={"old": Successor("new", False)}) == {("note", "One.")}


def test_many_renamed_stories_each_find_their_text() -> None:
    texts = [f"Otter number {n} counts the rivers of the north, and forgets none of them" for n in range(300)]
    gone = [held(f"old{n}", f"An old headline, {n:03}", text) for n, text in enumerate(texts)]
    arriving = [story(f"new{n}", f"Quite another title {n:03}", text) for n, text in enumerate(texts)]
    found = find_successors(gone, arriving, ())
    assert found == {f"old{n}": Successor(f"new{n}", True) for n in range(300)}


def test_a_passage_does_not_run_over_two_stories() -> None:
    arriving = [story("a", "Herons wait", OTTERS[:30]), story("b", "Pikes wait", OTTERS[30:])]
    assert find_successors([held("old", "A long report", OTTERS)], arriving, ()) == {}
