"""The tables `[commands.NAME]` and `[links.openers]`: their values, their keys and every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.config import load_config
from importai_tui.config.render import get_settings_rows
from importai_tui.config.schema import OPENER_KINDS
from importai_tui.config.user_commands import UserCommand
from importai_tui.keymap import effective_keys
from importai_tui.model import LinkKind

MISTAKES = {
    "key = 'f9'": 'line 1: commands.x needs its program: run = ["program", "argument"].',
    "run = 'ls -l'": "line 2: commands.x.run must be a list of words",
    "run = []": "line 2: commands.x.run must be a program with its arguments",
    "run = [' ', 'a']": "line 2: commands.x.run must be a program with its arguments",
    "run = ['ls', 3]": "line 2: commands.x.run must be a list of words",
    "run = ['ls']\nshw = 'page'": 'line 3: unknown setting commands.x.shw; did you mean "show"?',
    "run = ['ls']\nzzz = 1": "line 3: unknown setting commands.x.zzz (known: run, key, input, ",
    "run = ['ls']\ninput = 'storys'": 'commands.x.input must be the name of an input, not "storys"; did you mean',
    "run = ['ls']\nformat = 1": "commands.x.format must be the name of a format, not 1 (known: text,",
    "run = ['ls']\nshow = 'popup'": "(known: page, notice, none, terminal).",
    "run = ['ls']\nkey = 'ctrl+i'": 'key is "ctrl+i", which is the same as "tab" in a terminal',
    "run = ['ls']\nkey = ['f9']": 'line 3: commands.x.key must be a key, like "f5"',
    "run = ['ls']\ndescription = 3": "line 3: commands.x.description must be a line of up to 80",
    "run = ['ls']\nkey = 'q'\n[keys]\nquit = 'q'": 'line 3: commands.x.key: the key "q" is set for both quit',
    "run = ['ls']\nkey = 'q'\n[keys]\nquit = 'Q'": "",
    "y = ['ls']\nrun = ['ls']\n[commands.'a b']\nrun = ['ls']": "has other characters: use up to 40 letters",
}
"""Lines below `[commands.x]`, and a part of the problems that they have; empty for none."""
OTHER_MISTAKES = {
    "[commands]\nx = ['ls']": 'line 2: "commands.x" must be a table: write [commands.x]',
    "commands = 1": 'line 1: "commands" must be a table: write [commands]',
    "[command.x]\nrun = ['ls']": 'line 1: unknown table [command]; did you mean "commands"?',
    "[links.openers]\nvideo = 'mpv'": 'line 2: links.openers.video must be a list of words, like ["mpv"], not "mpv".',
    "[links.openers]\nvidoe = ['mpv']": 'line 2: links.openers has an unknown name, "vidoe"; did you mean "video"?',
    "[links]\nopeners = ['mpv']": "line 2: links.openers must be a table",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_command_has_all_its_settings(file: Path) -> None:
    file.write_text(
        "[commands.mail-it]\nrun = ['mail', '-s', '{title}']\nkey = 'f5'\ninput = 'works'\nformat = 'markdown'\n"
        "show = 'notice'\ndescription = 'Mail it'\n[commands.count]\nrun = ['wc', '-w']\n"
    )
    loaded = load_config(file, {})
    mail, count = loaded.config.commands
    run = ("mail", "-s", "{title}")
    assert mail == UserCommand("mail-it", run, "f5", "works", "markdown", "notice", "Mail it")
    assert (count.input, count.format, count.show, count.key) == ("story", "text", "page", "")
    assert (mail.label, count.label) == ("Mail it", "wc -w")
    assert ("commands.count", '["wc", "-w"]', "line 8") in get_settings_rows(loaded)


def test_each_mistake_is_named_and_the_others_stay(file: Path) -> None:
    for text, part in MISTAKES.items():
        file.write_text(f"[commands.x]\n{text}\n[commands.good]\nrun = ['cat']\n")
        loaded = load_config(file, {})
        assert part in " ".join(loaded.problems), text
        assert [command.name for command in loaded.config.commands] == (["good"] if part else ["x", "good"]), text
    for text, part in OTHER_MISTAKES.items():
        file.write_text(text)
        assert part in load_config(file, {}).summarize_problems(), text


def test_a_command_takes_its_key_from_the_others(file: Path) -> None:
    file.write_text("[commands.x]\nrun = ['ls']\nkey = 'j'\n")
    loaded = load_config(file, {})
    assert loaded.config.keys == {"commands.x": ("j",)}
    assert effective_keys(loaded.config.preset, loaded.config.keys)["move.down"] == ("down",)


def test_help_keeps_a_key(file: Path) -> None:
    keys = effective_keys("", {})["help"]
    file.write_text("".join(f"[commands.c{n}]\nrun = ['ls']\nkey = '{key}'\n" for n, key in enumerate(keys)))
    loaded = load_config(file, {})
    assert "line 3: commands.c0.key: help would have no key left" in loaded.summarize_problems()
    assert effective_keys(loaded.config.preset, loaded.config.keys)["help"] == keys[:1]


def test_a_bad_opener_leaves_the_others(file: Path) -> None:
    file.write_text("[links.openers]\nvideo = ['mpv']\nissue = ['x']\npdf = ['zathura', '%s']\n")
    loaded = load_config(file, {})
    assert loaded.config.openers == {"video": ("mpv",), "pdf": ("zathura", "%s")}
    assert len(loaded.problems) == 1
    assert ("links.openers", '{ video = ["mpv"], pdf = ["zathura", "%s"] }', "line 1") in get_settings_rows(loaded)
    assert load_config(file, {"IMPORTAI_TUI_LINKS_OPENERS": "{ code = ['vi'] }"}).config.openers == {"code": ("vi",)}
    assert set(OPENER_KINDS) == {*LinkKind, "pdf"} - {LinkKind.ISSUE}
