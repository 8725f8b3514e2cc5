from __future__ import annotations

import pytest
from textual.geometry import Offset
from textual.selection import Selection

from importai_tui.library.library import Library
from importai_tui.model import Issue
from tests.tui.sample_app import RunningReader, long_story, run_reader, store_issues


async def press(reader: RunningReader, *keys: str) -> None:
    """Keys of which some leave a question open."""
    await reader.type(*keys)


async def test_a_tag_is_given_and_taken_away_and_stands_under_the_headline(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "t", *"#robots", "enter")
        assert library.state.get_tags("rivers") == ("robots",)
        assert "1 min   #robots" in reader.screen_text()
        assert reader.last_notice == "Tagged 1 story #robots"
        await press(reader, "t", *"robots", "enter")
        assert library.state.get_tags("rivers") == ()
        assert "min   #robots" not in reader.screen_text()


async def test_tags_in_use_are_offered_with_their_counts_and_completed(library: Library) -> None:
    store_issues(library).tag(["lake", "pond"], "robots and law")
    library.tag(["old"], "water")
    async with run_reader(library, "12/1") as reader:
        await press(reader, "t")
        assert "#robots and law  2" in reader.screen_text()
        await press(reader, *"wa")
        assert "#robots and law" not in reader.screen_text()
        await press(reader, "backspace", "backspace", "tab", "tab", "tab", "shift+tab", "enter")
        assert library.state.get_tags("rivers") == ("water",)


async def test_leaving_the_question_tags_nothing(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "t", *"qu", "escape", "t", "enter")
        assert library.state.count_tags() == ()
        assert reader.app.screen is reader.screen


async def test_a_tag_is_literal_wherever_it_is_drawn(library: Library) -> None:
    store_issues(library).tag(["rivers"], "[AI] [/]")
    async with run_reader(library, "12/1") as reader:
        assert "#[AI] [/]" in reader.screen_text()
        await press(reader, "t")
        assert "#[AI] [/]  1" in reader.screen_text()


async def test_a_note_is_kept_on_leaving_its_page_and_stands_at_the_foot(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await press(reader, "e", *"Ask", "enter", *"[AI]", "escape")
        assert library.state.get_note("delta") == "Ask\n[AI]"
        screen = reader.screen_text()
        assert "Your note" in screen
        assert "[AI]" in screen
        assert any("The River Counter" in line and line.endswith("¶") for line in reader.list_lines)


async def test_a_note_left_as_it_was_is_no_change(library: Library) -> None:
    store_issues(library).set_note("rivers", "A note.")
    async with run_reader(library, "12/1") as reader:
        await press(reader, "e", "ctrl+s")
        assert not reader.notices
    change = library.undo()
    assert change
    assert change.label == "Undone: wrote a note"


async def test_an_empty_page_takes_the_note_away_and_undo_brings_it_back(library: Library) -> None:
    store_issues(library).set_note("delta", "A note.")
    async with run_reader(library, "12/3") as reader:
        await press(reader, "e", "ctrl+u", "ctrl+s")
        assert library.state.get_note("delta") is None
        assert "Your note" not in reader.screen_text()
        assert not any(line.endswith("¶") for line in reader.list_lines)
        await press(reader, "u")
        assert "A note." in reader.screen_text()
        assert reader.last_notice == "Undone: removed a note: The River Counter"
        await press(reader, "ctrl+r")
        assert "A note." not in reader.screen_text()


async def test_what_was_written_is_kept_when_the_program_is_left_from_the_page(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "e", *"Half")
        reader.app.exit()
    assert library.state.get_note("rivers") == "Half"


async def test_a_note_that_cannot_be_kept_is_still_there_at_the_next_try(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await press(reader, "e", *"Rare", "escape")
        assert "cannot be" in reader.last_notice or "written" in reader.last_notice
        database.execute("PRAGMA query_only = OFF")
        await press(reader, "e", "escape")
        assert library.state.get_note("rivers") == "Rare"


async def test_who_leaves_with_a_note_that_cannot_be_kept_is_asked_and_gets_it_back(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await press(reader, "e", *"Rare", "escape", "q")
        assert "What you wrote cannot be kept." in reader.screen_text()
        await press(reader, "n")
        assert reader.app.is_running
        await press(reader, "q")
        reader.clock.now += 1
        await press(reader, "y")
    assert reader.app.unsaved_texts == ["Rare"]


async def test_no_notice_hides_the_question_in_a_small_window(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        database.execute("PRAGMA query_only = ON")
        await press(reader, "e", *"Rare", "escape", "Q")
        assert "y yes   n no" in reader.screen_text()


async def test_words_that_another_window_wrote_meanwhile_are_not_lost(library: Library, other: Library) -> None:
    store_issues(library).set_note("rivers", "Mine.")
    async with run_reader(library, "12/1") as reader:
        await press(reader, "e", *" More")
        other.set_note("rivers", "Theirs.")
        await press(reader, "escape")
        assert library.state.get_note("rivers") == "Theirs.\n\nMine. More"
        await press(reader, "u")
        assert library.state.get_note("rivers") == "Theirs."


async def test_what_was_being_written_at_a_sudden_end_is_kept_at_the_next_start(library: Library) -> None:
    async with run_reader(store_issues(library), "12/3") as reader:
        await press(reader, "e", *"Half a thought")
        await reader.wait_until(lambda: "Half a thought" in (library.state.load_value("draft") or ""))
        left = library.state.load_value("draft") or ""
        await press(reader, "escape")
        assert not library.state.load_value("draft")
    library.set_note("delta", None)
    library.state.save_value("draft", left)
    async with run_reader(library, "12/3") as reader:
        await reader.wait_until(lambda: library.state.get_note("delta") == "Half a thought")
        assert "sudden end" in reader.last_notice
        assert "Half a thought" in reader.screen_text()
        assert not library.state.load_value("draft")
        await press(reader, "u")
        assert library.state.get_note("delta") is None


async def test_undo_names_the_one_story_that_it_is_about(library: Library) -> None:
    store_issues(library).mark(["lake"], starred=True)
    headline = library.archive.get_headline("lake")
    async with run_reader(library, "12/1") as reader:
        await press(reader, "u")
        assert reader.last_notice == f"Undone: starred 1 story: {headline}"


async def test_of_very_many_tags_only_the_first_stand_under_the_headline(library: Library) -> None:
    for n in range(40):
        store_issues(library).tag(["rivers"], f"tag{n:02}") if not n else library.tag(["rivers"], f"tag{n:02}")
    async with run_reader(library, "12/1") as reader:
        assert "#tag11 +28" in " ".join(reader.screen_text().split())
        assert "#tag12" not in reader.screen_text()


async def test_in_a_low_window_the_tag_that_tab_chooses_is_in_sight(library: Library) -> None:
    store_issues(library)
    for n in range(9):
        library.tag(["lake"], f"tag{n}")
    async with run_reader(library, "12/1", size=(40, 12)) as reader:
        await press(reader, "t", *["tab"] * 7)
        assert "#tag6" in reader.screen_text()
        assert "enter tag" in reader.screen_text()


async def test_a_note_that_can_be_kept_after_all_is_kept_on_leaving(library: Library) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await press(reader, "e", *"Rare", "escape")
        database.execute("PRAGMA query_only = OFF")
        await press(reader, "q")
    assert library.state.get_note("rivers") == "Rare"
    assert reader.app.unsaved_texts == []


async def test_a_note_that_cannot_be_kept_when_the_program_is_left_from_its_page_is_given_back(
    library: Library,
) -> None:
    database = store_issues(library).state._database
    async with run_reader(library, "12/1") as reader:
        database.execute("PRAGMA query_only = ON")
        await press(reader, "e", *"Half")
        reader.app.exit()
    assert reader.app.unsaved_texts == ["Half"]


async def test_selected_words_are_highlighted_and_taken_away_again(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        view = next(view for view in reader.screen.story_view.block_views if view.plain.startswith("Somebody"))
        words = Selection(Offset(13, 0), Offset(39, 0))
        reader.screen.selections = {view: words}
        await press(reader, "v")
        (kept,) = library.state.get_highlights("rivers")
        assert (kept.quote, kept.paragraph) == ("taught machines (Example)", 0)
        assert not reader.screen.selections
        reader.screen.selections = {view: Selection(Offset(20, 0), Offset(22, 0))}
        await press(reader, "v")
        assert library.state.get_highlights("rivers") == ()
        assert reader.last_notice == "Removed a highlight"


async def test_words_selected_in_two_paragraphs_are_one_highlight(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        one, two = reader.screen.story_view.block_views[3:5]
        reader.screen.selections = {two: Selection(None, Offset(3, 0)), one: Selection(Offset(42, 0), None)}
        await press(reader, "v")
        (kept,) = library.state.get_highlights("rivers")
        assert kept.quote == "count rivers.\nHow"
        await press(reader, "u")
        assert library.state.get_highlights("rivers") == ()


async def test_without_a_selection_a_paragraph_is_chosen(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "v")
        assert "enter keep" in reader.footer
        await press(reader, "j", "enter")
        (kept,) = library.state.get_highlights("rivers")
        assert (kept.quote, kept.paragraph) == ("How they count: They count twice.", 1)
        assert not [view for view in reader.screen.story_view.block_views if view.has_class("-picked")]


async def test_escape_leaves_the_choice_and_nothing_is_kept(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "v", "j", "escape")
        assert library.state.get_highlights("rivers") == ()
        assert reader.app.screen is reader.screen


async def test_a_remark_stands_below_its_highlight_and_is_undone_apart(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "v", "e", *"Who?", "escape")
        assert [kept.remark for kept in library.state.get_highlights("rivers")] == ["Who?"]
        assert "Who?" in reader.screen_text()
        await press(reader, "u")
        assert "Who?" not in reader.screen_text()
        assert [kept.remark for kept in library.state.get_highlights("rivers")] == [None]


async def test_a_highlighted_paragraph_is_taken_away_by_v_and_not_by_enter(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await press(reader, "v", "enter", "v", "enter")
        assert len(library.state.get_highlights("rivers")) == 1
        await press(reader, "v", "v")
        assert library.state.get_highlights("rivers") == ()


async def test_a_paragraph_out_of_sight_comes_into_view_when_it_is_chosen(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await press(reader, "v", "G")
        assert "Paragraph 20." in reader.screen_text()


@pytest.mark.parametrize("theme", ["ink", "paper", "nord", "ansi-dark"])
async def test_what_is_added_is_drawn_in_every_theme(library: Library, theme: str) -> None:
    store_issues(library).add_highlight("rivers", "has taught", "Who?")
    async with run_reader(library, "12/1") as reader:
        reader.app.theme = theme
        await press(reader, "v")
        assert "Who?" in reader.screen_text()


@pytest.mark.parametrize("size", [(40, 12), (20, 5)])
async def test_every_question_fits_a_small_window(library: Library, size: tuple[int, int]) -> None:
    async with run_reader(store_issues(library), "12/1", size=size) as reader:
        await press(reader, "t", *"one", "enter", "e", *"two", "escape", "v", "j", "enter")
        assert (library.state.get_tags("rivers"), library.state.get_note("rivers")) == (("one",), "two")
        assert len(library.state.get_highlights("rivers")) == 1


async def test_in_an_empty_archive_there_is_nothing_to_add_to(library: Library) -> None:
    async with run_reader(library) as reader:
        await press(reader, *"tev")
        assert reader.app.screen is reader.screen


async def test_what_another_window_adds_shows_up(library: Library, other: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        other.tag(["rivers"], "robots")
        await reader.advance_clock(1)
        assert "#robots" in reader.screen_text()


async def test_the_paragraph_that_was_chosen_is_kept_though_an_edit_came_meanwhile(
    library: Library, other: Library
) -> None:
    async with run_reader(store_issues(library), "11/1") as reader:
        await press(reader, "v", "j")
        stories = (long_story("lake", 1, paragraphs=1), long_story("pond", 2))
        edited = Issue(11, "i11", "Lakes", "2025-01-06", None, stories)
        store_issues(other, [edited])
        await press(reader, "enter")
        assert [kept.quote[:12] for kept in library.state.get_highlights("lake")] == ["Paragraph 2."]
        assert "the text no longer has these words" in reader.screen_text()
