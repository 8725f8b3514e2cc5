"""The marks screen within the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.config import ConfigWatcher
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.state.fields import StoryName
from importai_tui.tui.actions.all_marks import AllMarksActions
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.marks.loader import AnnotationLoader
from tests.tui.sample_app import run_reader, store_issues


async def test_marks_are_browsed_edited_removed_and_renamed(library: Library) -> None:
    store_issues(library)
    library.tag(["old", "lake", "gone"], "water")
    library.tag(["lake"], "law")
    library.state.set_note("gone", "[red]Lost[/]", {"gone": StoryName("An old story", "7", 1)})
    library.add_highlight("canal", "Paragraph 15.", "Deep?", 14)
    async with run_reader(library, "12/1") as reader:
        await reader.press("M")
        screen = reader.screen_text()
        assert "All 4   Highlights 1   Notes 1   Tags 2" in screen
        assert "4 marks, newest first" in screen
        assert "¶ [red]Lost[/]" in screen
        assert "An old story  7/1  not in your archive  #water" in screen
        # To the passage and back, at the same row.
        await reader.press("enter")
        assert reader.open_story == ("12", 2)
        assert "Paragraph 15." in reader.screen_text()
        assert "esc marks" in reader.footer
        await reader.type("escape", "j", "enter")
        assert "Import AI 7 isn't in your archive" in reader.screen_text()
        await reader.type("escape", "k")
        # Edited, removed, undone and redone.
        await reader.type("e", "ctrl+u", *"Deeper!", "ctrl+s")
        assert library.state.get_highlights("canal")[0].remark == "Deeper!"
        await reader.press("d")
        assert library.state.get_highlights("canal") == ()
        assert reader.last_notice == "Highlight removed (u to undo)"
        await reader.press("u", "ctrl+r", "u")
        assert "Deeper!" in reader.screen_text()
        # Filtered as one types.
        await reader.type("/", *"#law")
        assert "1 of 4 marks" in reader.screen_text()
        await reader.press("enter")
        assert "filter: #law · 1 of 4 marks" in reader.screen_text()
        await reader.press("y")
        assert reader.app.clipboard == "A long story called lake, Import AI 11/1, 2025-01-06"
        await reader.press("escape")
        # A tag is merged into another after a question, and its stories become a reading list.
        await reader.press("t")
        assert "#law" in reader.screen_text()
        await reader.type("e", "ctrl+u", *"Water", "enter")
        assert "Merge #law (1 story) into #water (3 stories)?" in " ".join(reader.screen_text().split())
        reader.clock.now += 1
        await reader.press("y")
        assert library.state.count_tags() == (("water", 3),)
        await reader.press("u")
        assert library.state.count_tags() == (("law", 1), ("water", 3))
        await reader.press("end", "enter")
        await reader.wait_until(lambda: "#water" in "\n".join(reader.list_lines))
        assert reader.open_story == ("11", 1)
        assert any(line.endswith("2/2") for line in reader.list_lines if "#water" in line)


async def test_the_start_recalls_a_highlight(
    library: Library, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: AnnotationLoader) -> bool:
        raise DatabaseError("The disk is gone")

    store_issues(library).add_highlight("canal", "Paragraph 15.", None, 14)
    config_file.write_text('[reading]\nlook_back = "highlight"\n')
    background = BackgroundSetup(config_watcher=ConfigWatcher(config_file, {}))
    async with run_reader(library, "12/1", size=(60, 14), background=background) as reader:
        await reader.wait_until(lambda: "“Paragraph 15.”" in reader.screen_text())
        await reader.press("enter")
        assert reader.open_story == ("12", 2)
        assert "“Paragraph 15.”" not in reader.screen_text()
        assert "Paragraph 15." in reader.screen_text()
        # Without any mark, the screen says how to make one.
        await reader.press("M", "d")
        screen = " ".join(reader.screen_text().split())
        assert "No marks yet. In a story, v highlights a passage, e writes a note and t adds a tag." in screen
        await reader.press("escape")
        assert reader.open_story == ("12", 2)
        # If they can't be read, it doesn't say that there are none.
        await reader.press("escape")
        reader.screen.action_group(AllMarksActions)._loader.is_complete = False
        monkeypatch.setattr(AnnotationLoader, "update", fail)
        await reader.press("M")
        assert "The disk is gone" in reader.notices
        assert "No marks yet" not in reader.screen_text()
