"""What is set, while the reader is open: put on as the file says, and keys and colours as they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.binding import Binding
from textual.theme import BUILTIN_THEMES

from importai_tui.config import ConfigWatcher
from importai_tui.config.schema import Config
from importai_tui.keymap import PRESETS, commands_with_keys, effective_keys
from importai_tui.keymap.commands import COMMANDS
from importai_tui.library.library import Library
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.dialogs.note_editor import NoteDialog
from importai_tui.tui.dialogs.palette import CommandProvider
from importai_tui.tui.skim.screen import DigestScreen
from importai_tui.tui.theme import INK, PAPER, TERMINAL, is_distinguishable
from importai_tui.tui.watchers import ConfigReloader
from importai_tui.tui.widgets.footer import format_first_key, make_hints
from tests.tui.sample_app import TODAY, run_reader, store_issues

NEWSBOAT = '[keys]\npreset = "newsboat"\n"search" = []\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


async def test_what_is_written_into_the_file_holds_at_the_next_look(library: Library, file: Path) -> None:
    async with run_reader(
        store_issues(library), "12/1", background=BackgroundSetup(config_watcher=ConfigWatcher(file, {}))
    ) as reader:
        file.write_text(f'[reading]\nmeasure = 66\ntheme = "paper"\nread_after = 20\n{NEWSBOAT}')
        reader.app.config_reloader.poll()
        await reader.press("N")  # newsboat's key for read and unread
        assert (reader.screen.panes.measure, reader.app.theme, reader.screen.read_timer._after) == (66, "paper", 20)
        assert "F search" not in reader.footer
        assert library.state.is_read(library.get_story("12", 1).key)
        assert library.state.load_value("theme") != "paper"


async def test_a_key_of_another_screen_is_a_persons_own_there_and_no_more_the_one_that_had_it(
    library: Library, file: Path
) -> None:
    file.write_text('[keys]\n"digest.star" = "j"\n"digest.choose" = "f7"\n"note.keep" = "f6"\n')
    async with run_reader(
        store_issues(library), "12/1", background=BackgroundSetup(config_watcher=ConfigWatcher(file, {}))
    ) as reader:
        key = library.get_story("12", 1).key
        await reader.pilot.press("d")
        await reader.wait_until(lambda: isinstance(reader.app.screen, DigestScreen))
        assert "f7 full story" in reader.footer
        await reader.pilot.press("j")
        assert library.state.is_starred(key)
        await reader.pilot.press("down", "j")
        assert library.state.is_starred(library.get_story("12", 2).key)
        await reader.pilot.press("escape", "e")
        await reader.wait_until(lambda: isinstance(reader.app.screen, NoteDialog))
        assert "f6 keeps it" in reader.screen_text()


@pytest.mark.parametrize("wrong", ['[reading]\ntheme = "pap', "[reading]\nmeasure = 90\n", "\ud800[reading"])
def test_a_file_that_is_wrong_or_half_written_is_told_and_all_stays(file: Path, wrong: str) -> None:
    file.write_text("[reading]\nmeasure = 66\n")
    app = FakeApp()
    settling = ConfigReloader(cast(Any, app), ConfigWatcher(file, {}))
    file.write_bytes(wrong.encode("utf-8", "surrogatepass"))
    settling.poll()
    settling.poll()
    assert len(app.complaints) == 1
    assert str(file) in app.complaints[0]
    assert app.complaints[0].endswith("Until then all stays as it was.")
    assert (settling.config.measure, app.put) == (66, [])


def test_a_file_that_is_taken_away_sets_nothing_any_more(file: Path) -> None:
    file.write_text("[reading]\nmeasure = 66\n")
    app = FakeApp()
    settling = ConfigReloader(cast(Any, app), ConfigWatcher(file, {}))
    file.unlink()
    settling.poll()
    assert app.put == [(Config(), Config(measure=66))]


async def test_what_the_reader_does_to_a_setting_lasts_until_it_is_set_anew_and_is_not_remembered(
    library: Library, file: Path
) -> None:
    file.write_text('[reading]\nmeasure = 66\ntheme = "paper"\n')
    async with run_reader(
        store_issues(library), background=BackgroundSetup(config_watcher=ConfigWatcher(file, {}))
    ) as reader:
        await reader.press("T", ">")
        file.write_text('[reading]\nmeasure = 66\ntheme = "paper"\nread_after = 20\n')
        reader.app.config_reloader.poll()
        assert (reader.screen.panes.measure, reader.app.theme) == (68, "ink")
        assert (library.state.load_value("measure"), library.state.load_value("theme")) == (None, None)
        file.write_text('[reading]\nmeasure = 70\ntheme = "nord"\n')
        reader.app.config_reloader.poll()
        assert (reader.screen.panes.measure, reader.app.theme) == (70, "nord")


@dataclass
class FakeApp:
    """What settling asks of the app, and what it was told."""

    hours: float = 0
    synced_at: datetime | None = TODAY
    put: list[tuple[Config, Config]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    syncs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = SimpleNamespace(auto_sync=lambda: self.syncs.append(self.hours))

    def today(self) -> datetime:
        return TODAY + timedelta(hours=self.hours)

    def apply_config(self, config: Config, before: Config) -> None:
        self.put.append((config, before))

    def notify_error(self, message: str) -> None:
        self.complaints.append(message)

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        pass


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("[sync]\nevery_hours = 2\n", [3, 6, 9]),  # each time: none of them has brought anything
        ("[sync]\nevery_hours = 0.5\n", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("[sync]\nevery_hours = 2\nmetered = true\n", []),
        ("[sync]\nevery_hours = 0\n", []),
        ("", []),
    ],
)
def test_a_reader_that_stays_open_syncs_again_after_so_many_hours(file: Path, text: str, begun: list[float]) -> None:
    file.write_text(text)
    app = FakeApp()
    settling = ConfigReloader(cast(Any, app), ConfigWatcher(file, {}))
    for app.hours in range(10):
        settling.poll()
        settling.poll()
    assert app.syncs == begun


def test_a_sync_of_any_kind_puts_the_next_one_off_and_without_the_first_there_is_none(file: Path) -> None:
    file.write_text("[sync]\nevery_hours = 2\n")
    app = FakeApp(hours=9, synced_at=None)
    settling = ConfigReloader(cast(Any, app), ConfigWatcher(file, {}))
    settling.poll()
    assert app.syncs == []
    app.synced_at = TODAY + timedelta(hours=8)
    settling.poll()
    assert app.syncs == []
    app.hours = 11
    settling.poll()
    assert app.syncs == [11]


def test_a_last_sync_in_the_future_is_of_a_clock_that_was_wrong_and_puts_nothing_off(file: Path) -> None:
    file.write_text("[sync]\nevery_hours = 2\n")
    app = FakeApp(synced_at=TODAY + timedelta(days=400))
    settling = ConfigReloader(cast(Any, app), ConfigWatcher(file, {}))
    settling.poll()
    settling.poll()
    assert app.syncs == [0], "and that one puts the next off"


OWN = [
    *(Config(preset=preset) for preset in ("", *PRESETS)),
    # Keys that Textual would keep for itself, or for a pane that scrolls.
    Config(keys={"mark.star": ("ctrl+q",), "move.up": ("ctrl+p",), "mark.tag": ("up", "pagedown", "tab", "ctrl+c")}),
    Config(keys={"quit": ("f10",), "palette": (), "help": ("?", "comma"), "link.1": ("[",)}),
]


async def test_every_key_that_holds_calls_its_command_in_every_pane(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        before = Config()
        for config in OWN:
            reader.app.apply_config(config, before)
            before = config
            for pane in (reader.screen.story_view, reader.screen.story_list, reader.screen.link_list):
                reader.app.screen.set_focus(pane)
                called = reader.app.screen.active_bindings
                ids = {key: bound.binding.id for key, bound in called.items() if bound.binding.id}
                held = {
                    textual_name(key): id
                    for id, keys in effective_keys(config.preset, config.keys).items()
                    for key in keys
                }
                assert ids == held


def textual_name(key: str) -> str:
    """As Textual spells it."""
    (binding,) = Binding.make_bindings([Binding(key, "x", "x")])
    return binding.key


@pytest.mark.parametrize("keys", [("f10",), ("Q", "ctrl+q")])
async def test_the_keys_of_quitting_quit_from_the_search_too_with_the_place_kept(
    library: Library, keys: tuple[str, ...]
) -> None:
    async with run_reader(store_issues(library), "11/2") as reader:
        reader.app.apply_config(Config(keys={"quit": keys}), Config())
        await reader.pilot.press("F")
        await reader.pilot.pause()
        await reader.pilot.press(keys[-1])
        await reader.pilot.pause()
        assert reader.app.return_code == 0
    assert (library.state.load_value("place") or "").startswith('["11", 2')


async def test_the_palette_names_what_it_does_wherever_one_is() -> None:
    ran: list[str] = []
    screen = SimpleNamespace(app=object(), run_action=ran.append)
    hits = {hit.text: hit async for hit in CommandProvider(cast(Any, screen)).discover()}
    cast(Any, hits["The whole back catalogue"]).command()
    cast(Any, hits["Copy the citation as BibTeX"]).command()
    assert ran == ["screen.sync_all", "screen.copy_bibtex"]
    assert {command.keys: command.action for command in COMMANDS}["B"] == "sync_all_or_bibtex"


def test_a_hint_tells_the_first_key_that_holds_and_none_is_told_without_one() -> None:
    held = commands_with_keys(effective_keys("newsboat", {"back": ("f7", "escape"), "help": ("escape",)}))
    wanted = ("story.previous_unread", "before"), ("thread.later", "mentioned in"), ("help", "help")
    assert [(hint.key, hint.action) for hint in make_hints(held, *wanted)] == [
        ("p", "previous_unread"),
        ("X", "mentioned_in"),
        ("esc", "help"),
    ]
    without = commands_with_keys(effective_keys("", {"thread.later": ()}))
    assert [hint.key for hint in make_hints(without, *wanted)] == ["N", "?"]
    assert (format_first_key(held, "back"), format_first_key(without, "thread.later")) == ("f7", "")


@pytest.mark.parametrize(
    ("theme", "system", "seen"),
    [
        (INK, "standard", True),
        (PAPER, "standard", False),
        (PAPER, "windows", False),
        (PAPER, "256", True),
        (PAPER, "truecolor", True),
        (PAPER, None, True),
        (TERMINAL, "standard", True),
        (BUILTIN_THEMES["nord"], "standard", False),
    ],
)
def test_a_theme_whose_grounds_fall_into_one_cannot_be_read_in_few_colours(
    theme: Any, system: str | None, seen: bool
) -> None:
    assert is_distinguishable(theme, system) is seen


async def test_in_sixteen_colours_the_terminals_own_stand_in_for_paper_which_is_remembered(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.app.color_system = "standard"
        themes = []
        for _ in range(3):
            await reader.press("T")
            themes.append((reader.app.theme, library.state.load_value("theme")))
        assert themes == [("terminal", "paper"), ("ink", "ink"), ("terminal", "paper")]
        assert reader.notices == ["16 colours are too few for paper: these are the terminal's own."]


async def test_without_colours_the_terminals_own_letters_stand_on_its_own_ground(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.app.theme = "terminal"
        await reader.pilot.pause()
        parts = [part for strip in reader.app.screen._compositor.render_strips() for part in strip]
        colours = {colour for part in parts if part.style for colour in (part.style.color, part.style.bgcolor)}
        assert {colour.name for colour in colours if colour} == {"default"}
