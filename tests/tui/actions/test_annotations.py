"""Actions that tag, annotate and highlight a story."""

from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.tui.reading.draft_files import open_draft_file
from importai_tui.tui.reading.drafts import DraftTarget
from tests.tui.sample_app import RunningReader, long_story, run_reader, store_issues


async def type_keys(reader: RunningReader, *keys: str) -> None:
    """Press keys, some of which open a dialog."""
    await reader.type(*keys)


async def test_a_tag_is_added_removed_and_shown(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "t", *"#robots", "enter")
        assert library.state.get_tags("rivers") == ("robots",)
        assert "1 min   #robots" in reader.screen_text()
        assert reader.last_notice == "Tagged #robots"
        await type_keys(reader, "t", *"robots", "enter")
        assert library.state.get_tags("rivers") == ()
        assert "min   #robots" not in reader.screen_text()


async def test_used_tags_are_offered_with_counts(library: Library) -> None:
    store_issues(library).tag(["lake", "pond"], "robots and law")
    library.tag(["old"], "water")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "t")
        assert "#robots-and-law  2" in reader.screen_text()
        await type_keys(reader, *"wa")
        assert "#robots-and-law" not in reader.screen_text()
        await type_keys(reader, "backspace", "backspace", "tab", "tab", "tab", "shift+tab", "enter")
        assert library.state.get_tags("rivers") == ("water",)


async def test_the_tags_of_the_story_come_first(library: Library) -> None:
    store_issues(library).tag(["lake"], "animals")
    library.tag(["rivers"], "water")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "t")
        screen = reader.screen_text()
        assert screen.index("✓ #water") < screen.index("  #animals")
        await type_keys(reader, "tab", "enter")
        assert library.state.get_tags("rivers") == ()
        assert reader.last_notice == "Removed tag #water"


async def test_a_tag_has_one_spelling(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "t", *"distributed compute", "enter")
        assert library.state.get_tags("rivers") == ("distributed-compute",)
        await type_keys(reader, "t", *"Distributed Compute", "enter")
        assert library.state.get_tags("rivers") == ()


async def test_escape_adds_no_tag(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "t", *"qu", "escape", "t", "enter")
        assert library.state.count_tags() == ()
        assert reader.app.screen is reader.screen


async def test_a_tag_is_shown_as_literal_text(library: Library) -> None:
    store_issues(library).tag(["rivers"], "[AI][/]")
    async with run_reader(library, "12/1") as reader:
        assert "#[AI][/]" in reader.screen_text()
        await type_keys(reader, "t")
        assert "#[AI][/]  1" in reader.screen_text()


async def test_a_note_is_saved_and_shown_below_the_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await type_keys(reader, "e", *"Ask", "enter", *"[AI]", "ctrl+s")
        assert library.state.get_note("delta") == "Ask\n[AI]"
        screen = reader.screen_text()
        assert "Your note" in screen
        assert "[AI]" in screen
        assert any("The River Counter" in line and line.endswith("¶") for line in reader.list_lines)
        # An editor that was killed has left a newer text.
        with open_draft_file(library.state.path, DraftTarget("delta"), "Ask", "Ask\n[AI]", "x") as file:
            file.path.write_text("Ask\n[AI] now")
        await type_keys(reader, "e", *"!", "ctrl+s")
        assert library.state.get_note("delta") == "Ask\n[AI] now!"


async def test_an_unchanged_note_is_not_saved(library: Library) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", "ctrl+s")
        assert not reader.notices
    change = library.undo()
    assert change
    assert change.label == "Undid: note on 1 story"


async def test_escape_closes_an_unchanged_note_at_once(library: Library) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", "escape")
        assert reader.app.screen is reader.screen
        await type_keys(reader, "J", "e", "escape")
        assert reader.app.screen is reader.screen
        assert not reader.notices


@pytest.mark.parametrize(
    ("answer", "note"), [("y", "A note. More"), ("n", "A note."), ("escape", None)], ids=["save", "discard", "edit"]
)
async def test_escape_asks_about_a_changed_note(library: Library, answer: str, note: str | None) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", *" More", "escape")
        assert "Save your note?" in reader.screen_text()
        assert "y save   n discard   esc keep editing" in reader.screen_text()
        reader.clock.now += 1
        await type_keys(reader, answer)
        assert (reader.app.screen is reader.screen) == (note is not None)
        assert library.state.get_note("rivers") == (note or "A note.")
        assert not note or not library.state.load_value("draft")
        if not note:
            await type_keys(reader, *"!?", "ctrl+s")
            assert library.state.get_note("rivers") == "A note. More!?"


@pytest.mark.parametrize("key", ["ctrl+s", "escape"])
async def test_an_emptied_note_stays_if_the_user_wants(library: Library, key: str) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", "ctrl+u", key)
        assert "Delete this note?" in reader.screen_text()
        reader.clock.now += 1
        await type_keys(reader, "n")
        assert library.state.get_note("rivers") == "A note."
        assert reader.app.screen is reader.screen


async def test_quitting_deletes_no_emptied_note(library: Library) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", "ctrl+u")
        reader.app.exit()
    assert library.state.get_note("rivers") == "A note."


async def test_an_emptied_draft_deletes_nothing_after_a_crash(library: Library) -> None:
    store_issues(library).set_note("rivers", "A note.")
    library.state.save_value("draft", '["rivers", "", ""]')
    async with run_reader(library, "12/1") as reader:
        await reader.wait_until(lambda: not library.state.load_value("draft"))
        assert library.state.get_note("rivers") == "A note."


async def test_a_comment_is_edited_like_a_note(library: Library) -> None:
    store_issues(library).add_highlight("rivers", "has taught machines", "Who?")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "v", "g", "e", "ctrl+u", "escape")
        assert "Delete this comment?" in reader.screen_text()
        await type_keys(reader, "escape", *"How?", "ctrl+s")
        assert [highlight.remark for highlight in library.state.get_highlights("rivers")] == ["How?"]
        assert reader.last_notice == "Comment updated"


async def test_typing_is_undone_with_alt_z(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "e", *"Half", "enter", "alt+z", "ctrl+s")
        assert library.state.get_note("rivers") == "Half"


async def test_an_empty_note_is_removed_and_undo_restores_it(library: Library) -> None:
    store_issues(library).set_note("delta", "A note.")
    async with run_reader(library, "12/3") as reader:
        await type_keys(reader, "e", "ctrl+u", "ctrl+s")
        assert "Delete this note?" in reader.screen_text()
        reader.clock.now += 1
        await type_keys(reader, "y")
        assert library.state.get_note("delta") is None
        assert "Your note" not in reader.screen_text()
        assert not any(line.endswith("¶") for line in reader.list_lines)
        await type_keys(reader, "u")
        assert "A note." in reader.screen_text()
        assert reader.last_notice == "Undid: note deleted from “The River Counter”"
        await type_keys(reader, "ctrl+r")
        assert "A note." not in reader.screen_text()


async def test_an_open_note_is_saved_when_the_program_ends(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "e", *"Half")
        reader.app.exit()
    assert library.state.get_note("rivers") == "Half"


async def test_an_unsaved_note_is_offered_again(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await type_keys(reader, "e", *"Rare", "ctrl+s")
        assert reader.last_notice.startswith("Can't write to the reading state")
        database.execute("PRAGMA query_only = OFF")
        await type_keys(reader, "e", "ctrl+s")
        assert library.state.get_note("rivers") == "Rare"


async def test_quitting_with_an_unsaved_note_asks_and_prints_it(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await type_keys(reader, "e", *"Rare", "ctrl+s", "q")
        assert "Your note can't be saved." in reader.screen_text()
        await type_keys(reader, "n")
        assert reader.app.is_running
        await type_keys(reader, "q")
        reader.clock.now += 1
        await type_keys(reader, "y")
    assert reader.app.unsaved_texts == ["Rare"]


async def test_notices_do_not_hide_the_question(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        database.execute("PRAGMA query_only = ON")
        await type_keys(reader, "e", *"Rare", "ctrl+s", "Q")
        assert "y yes   n no" in reader.screen_text()


async def test_a_note_of_another_window_is_merged(library: Library, other: Library) -> None:
    store_issues(library).set_note("rivers", "Mine.")
    async with run_reader(library, "12/1") as reader:
        await type_keys(reader, "e", *" More")
        other.set_note("rivers", "Theirs.")
        await type_keys(reader, "ctrl+s")
        assert library.state.get_note("rivers") == "Theirs.\n\nMine. More"
        await type_keys(reader, "u")
        assert library.state.get_note("rivers") == "Theirs."


async def test_an_autosaved_note_is_restored_after_a_crash(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await type_keys(reader, "e", *"Half a thought")
        await reader.wait_until(lambda: "Half a thought" in (library.state.load_value("draft") or ""))
        draft = library.state.load_value("draft") or ""
        await type_keys(reader, "ctrl+s")
        assert not library.state.load_value("draft")
    library.set_note("delta", None)
    library.state.save_value("draft", draft)
    async with run_reader(library, "12/3") as reader:
        await reader.wait_until(lambda: library.state.get_note("delta") == "Half a thought")
        assert reader.last_notice == "Recovered a note that wasn't saved"
        assert "Half a thought" in reader.screen_text()
        assert not library.state.load_value("draft")
        await type_keys(reader, "u")
        assert library.state.get_note("delta") is None


async def test_only_the_first_of_many_tags_are_shown(library: Library) -> None:
    for n in range(40):
        store_issues(library).tag(["rivers"], f"tag{n:02}") if not n else library.tag(["rivers"], f"tag{n:02}")
    async with run_reader(library, "12/1") as reader:
        assert "#tag11 +28" in " ".join(reader.screen_text().split())
        assert "#tag12" not in reader.screen_text()


async def test_the_selected_tag_is_visible_in_a_low_window(library: Library) -> None:
    store_issues(library)
    for n in range(9):
        library.tag(["lake"], f"tag{n}")
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        await type_keys(reader, "t", *["tab"] * 7)
        assert "#tag6" in reader.screen_text()
        assert "enter add/remove" in reader.screen_text()


async def test_quitting_saves_a_note_that_failed_before(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await type_keys(reader, "e", *"Rare", "ctrl+s")
        database.execute("PRAGMA query_only = OFF")
        await type_keys(reader, "q")
    assert library.state.get_note("rivers") == "Rare"
    assert reader.app.unsaved_texts == []


async def test_an_open_note_that_cannot_be_saved_is_printed(
    library: Library,
) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await type_keys(reader, "e", *"Half")
        reader.app.exit()
    assert reader.app.unsaved_texts == ["Half"]


async def test_selected_words_are_highlighted_and_cleared(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        view = reader.screen.story_view
        words = Selection(Offset(13, 3), Offset(39, 3))
        reader.screen.selections = {view: words}
        await type_keys(reader, "v")
        (highlight,) = library.state.get_highlights("rivers")
        assert (highlight.quote, highlight.paragraph) == ("taught machines (Example)", 0)
        assert not reader.screen.selections
        reader.screen.selections = {view: Selection(Offset(20, 3), Offset(22, 3))}
        await type_keys(reader, "v")
        assert library.state.get_highlights("rivers") == ()
        assert reader.last_notice == "Highlight removed"


async def test_words_selected_in_two_paragraphs_are_one_highlight(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.selections = {reader.screen.story_view: Selection(Offset(42, 3), Offset(3, 4))}
        await type_keys(reader, "v")
        (highlight,) = library.state.get_highlights("rivers")
        assert highlight.quote == "count rivers.\nHow"
        await type_keys(reader, "u")
        assert library.state.get_highlights("rivers") == ()


async def test_without_a_selection_a_paragraph_is_picked(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "v")
        assert "enter highlight" in reader.footer
        assert "v remove" not in reader.footer
        await type_keys(reader, "j", "enter")
        (highlight,) = library.state.get_highlights("rivers")
        assert (highlight.quote, highlight.paragraph) == ("How they count: They count twice.", 1)
        assert reader.screen.story_view.picked is None


async def test_escape_adds_no_highlight(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "v", "j", "escape")
        assert library.state.get_highlights("rivers") == ()
        assert reader.app.screen is reader.screen


async def test_a_remark_is_undone_without_its_highlight(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "v", "e", *"Who?", "ctrl+s")
        assert [highlight.remark for highlight in library.state.get_highlights("rivers")] == ["Who?"]
        assert "Who?" in reader.screen_text()
        await type_keys(reader, "u")
        assert "Who?" not in reader.screen_text()
        assert [highlight.remark for highlight in library.state.get_highlights("rivers")] == [None]


async def test_only_v_removes_a_highlight(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await type_keys(reader, "v", "enter", "v")
        assert "v remove" in reader.footer
        await type_keys(reader, "enter")
        assert reader.last_notice == "Already highlighted; v removes it"
        assert len(library.state.get_highlights("rivers")) == 1
        await type_keys(reader, "v")
        assert library.state.get_highlights("rivers") == ()


async def test_a_picked_paragraph_is_scrolled_into_view(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await type_keys(reader, "v", "G")
        assert "Paragraph 20." in reader.screen_text()


@pytest.mark.parametrize("theme", ["ink", "paper", "nord", "ansi-dark"])
async def test_annotations_are_drawn_in_every_theme(library: Library, theme: str) -> None:
    store_issues(library).add_highlight("rivers", "has taught", "Who?")
    async with run_reader(library, "12/1") as reader:
        reader.app.theme = theme
        await type_keys(reader, "v")
        assert "Who?" in reader.screen_text()


@pytest.mark.parametrize("size", [(40, 12), (20, 5)])
async def test_every_dialog_fits_a_small_window(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), "12/1", size=size) as reader:
        await type_keys(reader, "t", *"one", "enter", "e", *"two", "ctrl+s", "v", "j", "enter")
        assert (library.state.get_tags("rivers"), library.state.get_note("rivers")) == (("one",), "two")
        assert len(library.state.get_highlights("rivers")) == 1


async def test_an_empty_archive_shows_no_dialog(library: Library) -> None:
    async with run_reader(library) as reader:
        await type_keys(reader, *"tev")
        assert reader.app.screen is reader.screen


async def test_tags_of_another_window_are_shown(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other.tag(["rivers"], "robots")
        await reader.advance_clock(1)
        assert "#robots" in reader.screen_text()


async def test_an_edit_while_picking_changes_no_highlight(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "11/1") as reader:
        await type_keys(reader, "v", "j")
        stories = (long_story("lake", 1, paragraphs=1), long_story("pond", 2))
        edited = Issue(11, "i11", "Lakes", "2025-01-06", None, stories)
        store_issues(other, [edited])
        await type_keys(reader, "enter")
        assert [highlight.quote[:12] for highlight in library.state.get_highlights("lake")] == ["Paragraph 2."]
        assert "its text is no longer in the story" in reader.screen_text()
