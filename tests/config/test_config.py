"""Reading settings, and messages about invalid ones."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importai_tui.config import ConfigWatcher, LoadedConfig, load_config
from importai_tui.config.schema import Config
from importai_tui.keymap import effective_keys
from importai_tui.paths import HOME_VARIABLE
from tests.conftest import RunProgram
from tests.examples import make_page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_missing_file_is_an_empty_one(file: Path) -> None:
    assert load_config(file).config == Config()


def test_the_opener_is_a_program_with_arguments(file: Path) -> None:
    file.write_text('[links]\nopener = ["firefox", "--new-tab"]\n')
    assert load_config(file).config.opener == ("firefox", "--new-tab")


@pytest.mark.parametrize(("text", "folder"), [("~/Sync", Path.home() / "Sync"), ("/mnt/x", Path("/mnt/x")), ("", None)])
def test_the_shared_folder_expands_the_home(file: Path, text: str, folder: Path | None) -> None:
    file.write_text(f'[state]\nshared_folder = "{text}"\n')
    assert load_config(file).config.shared_folder == folder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[links]\nopener = "firefox"\n', "links.opener"),
        ("[links]\nopener = [1]\n", "links.opener"),
        ("[links]\nbrowser = []\n", "links.browser"),
        ("[shelves]\n", "shelves"),
        ("links = 3\n", "links"),
        ("[links\n", "line 1"),
        ("\udcff", "config.toml"),
    ],
)
def test_an_invalid_setting_names_its_file(file: Path, text: str, named: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    loaded = load_config(file)
    assert named in loaded.summarize_problems()
    assert str(file) in loaded.summarize_problems()
    assert loaded.config == Config()


def test_the_configured_program_opens_links(run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, log, program = tmp_path / "home", tmp_path / "log", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {log}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f'[links]\nopener = ["{program}", "--tab"]\n')
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    page = tmp_path / "otters.html"
    page.write_bytes(make_page("otters"))
    run("import", page)
    assert run("open", "latest", 1).status == 0
    flag, address, end = log.read_text().split("|")
    assert (flag, end) == ("--tab", "")
    assert address.startswith("https://")


def test_a_command_warns_of_invalid_settings_once(
    run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[links\n")
    page = tmp_path / "otters.html"
    page.write_bytes(make_page("otters"))
    ran = run("import", page)
    assert (ran.status, ran.err.count("config.toml is not valid TOML")) == (0, 1)
    assert "It is ignored until this is fixed." in ran.err
    listed = run("list", "--json")
    assert (listed.status, listed.err.count("\n")) == (0, 1)
    assert len(json.loads(listed.out)["issues"]) == 1


def test_sync_settings_are_read(file: Path) -> None:
    file.write_text('[sync]\nsources = ["mirror"]\nback_catalogue = ""\nstart_after_hours = 1.5\n')
    config = load_config(file).config
    assert (config.sources, config.back_catalogue) == (("mirror",), None)
    assert config.start_sync_after == timedelta(minutes=90)


@pytest.mark.parametrize(
    "setting", ["start_after_hours = 0", "metered = true", "start_after_hours = 3\nmetered = true"]
)
def test_the_sync_at_start_can_be_disabled(file: Path, setting: str) -> None:
    file.write_text(f"[sync]\n{setting}\n")
    assert load_config(file).config.start_sync_after is None


@pytest.mark.parametrize(
    "setting",
    [
        'sources = "mirror"',
        "sources = [3]",
        "back_catalogue = 3",
        'start_after_hours = "six"',
        "start_after_hours = -1",
        "start_after_hours = nan",
        "start_after_hours = true",
        "start_after_hours = 1e9",
        'metered = "yes"',
        "sync_at_start = true",
    ],
)
def test_an_invalid_sync_setting_is_named(file: Path, setting: str) -> None:
    file.write_text(f"[sync]\n{setting}\n")
    assert f"sync.{setting.partition(' ')[0]}" in load_config(file).summarize_problems()
    assert load_config(file).config == Config()


def read_errors(text: str, file: Path, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    file.write_text(text)
    return load_config(file, environ or {}).problems


def test_reading_settings_are_read(file: Path) -> None:
    file.write_text('[reading]\nmeasure = 66\nread_after = 20\ntheme = "terminal"\n[sync]\nevery_hours = 2\n')
    config = load_config(file, {}).config
    assert (config.measure, config.read_after, config.theme) == (66, 20, "terminal")
    assert config.sync_interval == timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n[reading]\nmeasure = 81\n", 3, "reading.measure must be a whole number from 66 to 80, not 81."),
        ("[reading]\nmeasure = 70.5\n", 2, "not 70.5"),
        ("[reading]\nmeasure = true\n", 2, "not true"),
        ('[reading]\nread_after = "ends"\n', 2, 'did you mean "end"?'),
        ("[reading]\nread_after = 0\n", 2, "from 1 to 3600"),
        ('[reading]\ntheme = "paperr"\n', 2, 'did you mean "paper"?'),
        ("[reading]\nmesure = 70\n", 2, 'did you mean "reading.measure"?'),
        ('[keys]\npreset = "emacs"\n', 2, "(known: newsboat, less)"),
        ("[reading]\nq = 1\n", 2, "unknown setting reading.q (known: reading.measure, reading.read_after"),
        ("\n\n[raeding]\n", 3, 'did you mean "reading"?'),
        ("sync = 3\n", 1, "write [sync]"),
        ('[keys]\npreset = "newsbot"\n', 2, 'did you mean "newsboat"?'),
        ('[keys]\n"story.nxt" = "J"\n', 2, 'did you mean "story.next"?'),
        ('[keys]\n"works.star" = "J"\n', 2, "types text there"),
        ('[keys]\n"works.choose" = "f6"\n', 2, "can't be changed"),
        ('[keys]\n"digest.star" = ""\n', 2, "needs at least one key"),
        ('[keys]\n"digest.undo" = "s"\n', 2, "digest.star would have no key left"),
        ('[keys]\nstory.next = ["ctrl+i"]\n', 2, 'which is the same as "tab" in a terminal'),
        ('[keys]\n"story.next" = "pagedwn"\n', 2, 'did you mean "pagedown"?'),
        ('[keys]\n"story.next" = 3\n', 2, 'like "J"'),
        (
            '[keys]\n"mark.star" = "m"\n"mark.tag" = ["a",\n "m"]\n',
            3,
            'the key "m" is set for both mark.star and mark.tag',
        ),
        ('[keys]\n"mark.star" = ["?", "f1"]\n', 2, "help would have no key left"),
        ('[keys]\nquit = ""\n', 2, "quit would have no key left"),
    ],
)
def test_an_error_names_the_line_and_a_correction(file: Path, text: str, line: int, words: str) -> None:
    (error,) = read_errors(text, file)
    assert error.startswith(f"{file}, line {line}: ")
    assert words in error


def test_all_errors_of_a_file_are_reported(file: Path) -> None:
    errors = read_errors("[reading]\nmeasure = 1\n[sync]\nmetered = 1\nsource = 1\n", file)
    assert [error.partition(": ")[0] for error in errors] == [f"{file}, line {line}" for line in (2, 4, 5)]
    assert (
        load_config(file, {}).summarize_problems("So.") == f"{errors[0]} So. (2 more problems: run importai-tui config)"
    )


def test_a_wrong_line_leaves_the_others_in_force(file: Path) -> None:
    file.write_text('[reading]\nmeasure = 1\ntheme = "paper"\n[keys]\n"view.zen" = "Z"\n"mark.tag" = "hyper+t"\n')
    loaded = load_config(file, {})
    assert (loaded.config.measure, loaded.config.theme) == (None, "paper")
    assert loaded.config.keys == {"view.zen": ("Z",)}
    assert set(loaded.origins) == {"reading.theme", "keys.view.zen"}


def test_a_key_set_twice_keeps_the_first_command(file: Path) -> None:
    file.write_text('[keys]\n"mark.star" = "m"\n"mark.tag" = "m"\n')
    assert load_config(file, {}).config.keys == {"mark.star": ("m",)}


def test_a_file_that_is_not_toml_leaves_the_environment(file: Path) -> None:
    file.write_text("[reading\n")
    loaded = load_config(file, {"IMPORTAI_TUI_READING_MEASURE": "66"})
    assert (loaded.config.measure, len(loaded.problems)) == (66, 1)


def test_the_environment_overrides_the_file(file: Path) -> None:
    file.write_text('[reading]\nmeasure = 66\ntheme = "paper"\n[links]\nopener = ["a"]\n[keys]\n"view.zen" = "Z"\n')
    environ = {
        "IMPORTAI_TUI_READING_MEASURE": "80",
        "IMPORTAI_TUI_LINKS_OPENER": "b 'c d'",
        "IMPORTAI_TUI_SYNC_METERED": "true",
        "IMPORTAI_TUI_KEYS_PRESET": "less",
        "IMPORTAI_TUI_KEYS_VIEW_ZEN": "ctrl+n f9",
        "IMPORTAI_TUI_HOME": "/somewhere",
    }
    found = load_config(file, environ)
    config = found.config
    assert (config.measure, config.theme, config.opener, config.metered) == (80, "paper", ("b", "c d"), True)
    assert (config.preset, config.keys) == ("less", {"view.zen": ("ctrl+n", "f9")})
    assert found.origins["reading.measure"] == "IMPORTAI_TUI_READING_MEASURE"
    assert found.origins["reading.theme"] == "line 3"


@pytest.mark.parametrize("words", ["firefox -x", '["firefox", "-x"]', " [ 'firefox', '-x', ]"])
def test_a_list_variable_is_words_or_toml(file: Path, words: str) -> None:
    assert load_config(file, {"IMPORTAI_TUI_LINKS_OPENER": words}).config.opener == ("firefox", "-x")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMPORTAI_TUI_READING_MEASURE", "wide"),
        ("IMPORTAI_TUI_SYNC_METERED", "perhaps"),
        ("IMPORTAI_TUI_LINKS_OPENER", "'never closed"),
        ("IMPORTAI_TUI_LINKS_OPENER", '["firefox'),
        ("IMPORTAI_TUI_LINKS_OPENER", '["firefox", 3]'),
        ("IMPORTAI_TUI_LINKS_OPENER", '["firefox"]\nmore = 1'),
        ("IMPORTAI_TUI_SYNC_EVERY_HOURS", "nan"),
        ("IMPORTAI_TUI_SYNC_EVERY", "1"),
        ("IMPORTAI_TUI_KEYS_HELP", ""),
        ("IMPORTAI_TUI_KEYS_VIEW_ZEN", "hyper+z"),
    ],
)
def test_an_invalid_variable_is_named(file: Path, name: str, words: str) -> None:
    (error,) = read_errors("", file, {name: words})
    assert error.startswith(name)


def test_a_file_may_have_a_byte_order_mark(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[reading]\r\nmeasure = 66\r\n")
    assert load_config(file, {}).config.measure == 66


PIECES = st.sampled_from(
    [
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        ",",
        '"',
        "'",
        "\n",
        "\r",
        "#",
        "keys",
        "reading",
        "measure",
        "links",
        "x",
        "1",
        "e9",
        "-",
        "nan",
    ]
)


@settings(max_examples=60)
@given(st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode())))
@example(b"x = " + b"[" * 2000)
@example(b"x = " + b"9" * 5000)
@example(b"x = 0000-00-00")
@example(b"[keys]\n" + b"a." * 300 + b"b = 1")
@example(b"[" + b"a." * 300 + b"b]")
@example(b"[sync]\nstart_after_hours = " + b"9" * 400)
@example(b'[keys]\n"story.next" = "J"\nstory.next = "J"')
def test_any_bytes_give_settings(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(data)
    loaded = load_config(file, {})
    effective_keys(loaded.config.preset, loaded.config.keys)
    assert all("\n" not in problem for problem in loaded.problems)


def test_the_watcher_reloads_a_changed_file(file: Path) -> None:
    file.write_text("")
    watcher = ConfigWatcher(file, {})
    assert watcher.poll() is None
    file.write_text("[reading]\nmeasure = 66\n")
    assert poll(watcher).config == watcher.config == Config(measure=66)
    file.write_text("[reading]\nmeasure = 600\n")
    assert "line 2" in poll(watcher).summarize_problems()
    assert watcher.config == Config(measure=66)
    file.unlink()
    assert poll(watcher).config == watcher.config == Config()
    assert watcher.poll() is None


def poll(watcher: ConfigWatcher) -> LoadedConfig:
    loaded = watcher.poll()
    assert loaded is not None
    return loaded


def test_defaults_have_the_types_of_values() -> None:
    config = Config()
    assert config.sources == ("substack",)
    assert config.back_catalogue == "mirror"
    assert config.shared_folder is None
    assert config.measure is None  # as it was last used in the reader
