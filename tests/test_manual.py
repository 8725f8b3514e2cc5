"""The help topics agree with commands, keys and settings."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from importai_tui import manual
from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.export import FORMATS
from importai_tui.cli.read import PLAIN_COMMANDS_HELP
from importai_tui.cli.root import load_command, root
from importai_tui.config import load_config
from importai_tui.config.schema import SETTINGS, VARIABLE_PREFIX, variable_name
from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.key_names import KEY_NAMES
from importai_tui.keymap.screens import SCREEN_COMMANDS
from importai_tui.manual.tables import TABLES
from importai_tui.manual.topics import TOPICS, Topic, format_topic, load_topic
from importai_tui.output.layout import text_width
from importai_tui.query.fields import FIELDS
from importai_tui.user_commands.placeholders import fill_in
from tests.conftest import RunProgram
from tests.documents import find_code_blocks, find_command_lines, find_inline_code, find_usage_error, get_options

PAGES = Path(manual.__file__).parent
TOPIC_BY_NAME = {name: load_topic(name) for name in TOPICS}
SOURCES = {name: (PAGES / f"{name}.md").read_text(encoding="utf-8") for name in TOPICS}


def test_each_page_begins_with_name_and_summary() -> None:
    assert sorted(f"{name}.md" for name in TOPICS) == sorted(path.name for path in PAGES.glob("*.md"))
    for name, page in SOURCES.items():
        assert re.match(rf"# {name}: [^\n]{{20,}}\n\n", page), name


@pytest.mark.parametrize("name", TOPICS)
def test_every_command_line_in_a_topic_is_valid(name: str) -> None:
    wrong = {line: why for line in find_command_lines(TOPIC_BY_NAME[name].body) if (why := find_usage_error(line))}
    assert not wrong


@pytest.mark.parametrize("line", ["lst", "list --red", "works --sort size", "sync --full now", "open 402 two"])
def test_invalid_command_lines_are_found(line: str) -> None:
    assert find_usage_error(line)


def test_every_option_in_a_topic_exists() -> None:
    known = {option for name in root.commands for option in get_options(load_command(name))} | get_options(root)
    named = {span.split()[0] for page in SOURCES.values() for span in find_inline_code(page) if span.startswith("--")}
    assert named
    assert named <= known


def test_every_command_and_every_option_is_in_a_topic() -> None:
    text = "\n".join(SOURCES.values())
    for name in root.commands:
        assert f"{PROGRAM} {name}" in text, name
        missing = {
            option for option in get_options(load_command(name)) if not re.search(rf"(?<![\w-]){option}(?![\w-])", text)
        }
        assert not missing, name


def test_every_format_of_an_export_is_in_its_topic() -> None:
    words = {*re.findall(r"[a-z]+", SOURCES["export"])}
    assert {form for forms in FORMATS.values() for form in forms} <= words


def test_every_key_in_a_topic_is_bound() -> None:
    bound = {key for command in (*COMMANDS, *SCREEN_COMMANDS) for key in command.key_label.split()} | {"escape"}
    letters = {line.split()[0] for line in PLAIN_COMMANDS_HELP.splitlines()}
    for name, page in SOURCES.items():
        keys = {span for span in find_inline_code(page) if len(span) == 1 or span in KEY_NAMES}
        others = letters if name == "plain" else {"-"}  # a file that is standard input
        assert keys <= bound | others, name


def test_every_key_command_and_setting_is_in_a_topic() -> None:
    shown = {code.replace("\\|", "|") for code in find_inline_code(TOPIC_BY_NAME["keys"].body)}
    omitted = {f"{series}.{n}" for series in ("link", "link.card") for n in range(2, 11)}  # in the row of the first
    table = TOPIC_BY_NAME["keys"].body
    assert {c.id for c in COMMANDS} - omitted <= shown | set(re.findall(r"\| ([\w.]+) \|$", table, re.MULTILINE))
    assert {key for c in COMMANDS for key in c.key_label.split() if key != "…"} <= shown
    assert all(c.description in table for c in SCREEN_COMMANDS if c.key_label)
    assert {setting.key for setting in SETTINGS} <= set(find_inline_code(TOPIC_BY_NAME["settings"].body))


def test_every_field_of_the_search_language_is_in_its_topic() -> None:
    written = {span.partition(":")[0] for span in find_inline_code(SOURCES["search"])}
    missing = [f"{name}:" for name in FIELDS if name not in written]
    assert not missing, "the table in importai_tui/manual/search.md has no row for these fields"


@pytest.mark.parametrize("marker", TABLES)
def test_rows_of_a_table_have_equally_many_cells(marker: str) -> None:
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in TABLES[marker]().splitlines()}) == 1


def test_every_table_marker_is_replaced() -> None:
    assert not [name for name, topic in TOPIC_BY_NAME.items() if "<!--" in topic.body]


def test_dotted_names_are_settings_commands_or_files() -> None:
    known = {s.key for s in SETTINGS} | {c.id for c in COMMANDS}
    others = {"clip.exe", "config.toml", "posts.csv"}
    named = {s for page in SOURCES.values() for s in find_inline_code(page) if re.fullmatch(r"[a-z_]+\.[a-z_]+", s)}
    assert named - known <= others


def test_every_variable_in_a_topic_exists() -> None:
    known = (
        {s.variable for s in SETTINGS} | {variable_name(f"keys.{c.id}") for c in COMMANDS} | {f"{VARIABLE_PREFIX}HOME"}
    )
    named = set(re.findall(rf"(?<!_)({VARIABLE_PREFIX}[A-Z_]+)", "\n".join(SOURCES.values())))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", [name for name, page in SOURCES.items() if find_code_blocks(page, "toml")])
def test_settings_in_a_topic_are_valid(name: str, tmp_path: Path) -> None:
    for n, text in enumerate(find_code_blocks(SOURCES[name], "toml")):
        path = tmp_path / f"{n}.toml"
        path.write_text(text, encoding="utf-8")
        assert load_config(path, {}).config != load_config(tmp_path / "none.toml", {}).config


def test_the_systemd_units_are_valid(tmp_path: Path) -> None:
    if not (program := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed")
    paths = []
    for unit in find_code_blocks(TOPIC_BY_NAME["schedule"].body, "ini"):
        name = unit.partition("\n")[0].rpartition("/")[2]
        paths.append(tmp_path / name)
        paths[-1].write_text(unit, encoding="utf-8")
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    ran = subprocess.run([program, "--user", "--man=no", "verify", *paths], env=environ, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert sorted(path.suffix for path in paths) == [".service", ".timer"]


def test_schedules_run_the_installed_program() -> None:
    body = TOPIC_BY_NAME["schedule"].body
    (service, _), (plist,), (crontab,) = (find_code_blocks(body, language) for language in ("ini", "xml", "crontab"))
    exec_start = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    commands = [*map(shlex.split, exec_start), plistlib.loads(plist.encode())["ProgramArguments"]]
    fields = crontab.split(None, 5)
    assert all(re.fullmatch(r"[\d,*]+", field) for field in fields[:5])
    commands.append(shlex.split(fields[5]))
    for path, *words in commands:
        assert Path(path).is_absolute()
        assert Path(path).name == PROGRAM
        assert not find_usage_error(shlex.join(words))


def test_programs_after_a_sync_are_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for text in find_code_blocks(SOURCES["schedule"], "toml"):
        path.write_text(text, encoding="utf-8")
        command = load_config(path, {}).config.after
        names = ("title", "ref", "url", "count")
        assert fill_in(command, dict.fromkeys(names, "x; $(y)"), "sync.after")


@pytest.mark.parametrize("columns", [40, 60, 80, 250])
def test_a_topic_fits_the_terminal(columns: int) -> None:
    for page in TOPIC_BY_NAME.values():
        for line in format_topic(page, columns).splitlines():
            # A command to be copied is not broken, and neither is a line of settings.
            assert text_width(line) <= min(columns, 80) or line.startswith("    "), page.name


def test_markdown_becomes_plain_text() -> None:
    body = "Words with `k`,\non two lines.\n\n## A part\n\n- one\n- two\nlines\n\n| a | b |\n|---|---|\n| **G** | |\n"
    body += "| `ott*` `\\|` | long words |\n| `x` | y |\n\n```sh\nls | head\n```\n"
    text = format_topic(Topic("name", "a line", body), 80)
    assert text == (
        "name: a line\n\nWords with `k`, on two lines.\n\nA PART\n\n- one\n- two lines\n\n"
        "G\nott* |  long words\nx       y\n\n    ls | head\n"
    )


def test_a_narrow_table_becomes_paragraphs() -> None:
    body = "| a | b |\n|---|---|\n| `some long words of a command` | and what they are for |\n"
    text = format_topic(Topic("name", "a line", body), 40)
    assert text.endswith("\nsome long words of a command\n    and what they are for\n")


def test_three_columns_become_two_in_a_narrow_window() -> None:
    body = "| a | b | c |\n|---|---|---|\n| `x` | Some words that say what it does | `an.id.of.letters` |\n"
    text = format_topic(Topic("name", "a line", body), 40)
    assert text.endswith("\nx  Some words that say what it does ·\n   an.id.of.letters\n")


@pytest.mark.parametrize("columns", [40, 80])
def test_code_is_never_wrapped(columns: int) -> None:
    for name, topic in TOPIC_BY_NAME.items():
        text = format_topic(topic, columns)
        assert all(
            f"    {line}\n" in text for block in find_code_blocks(topic.body, "sh") for line in block.splitlines()
        )
        assert all(span in text for span in find_inline_code(SOURCES[name]) if span.startswith(PROGRAM)), name


def test_help_lists_every_topic_with_a_line(run: RunProgram) -> None:
    ran = run("help")
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == list(TOPICS)
    assert all(topic.summary in ran.out for topic in TOPIC_BY_NAME.values())


def test_help_prints_all_topics_as_one_page(run: RunProgram) -> None:
    ran = run("help", "--all")
    assert (ran.status, ran.err) == (0, "")
    contents, *sections = re.split(r"^(?=[0-9]+\. [a-z]+: )", ran.out, flags=re.MULTILINE)
    assert [line.split()[1] for line in contents.splitlines() if line] == list(TOPICS)
    for number, (name, section) in enumerate(zip(TOPICS, sections, strict=True), start=1):
        assert section.removeprefix(f"{number}. ").split() == format_topic(TOPIC_BY_NAME[name], None).split()
    assert run("help", "--all", "links").status == 2


def test_help_prints_a_topic(run: RunProgram) -> None:
    ran = run("help", "Links")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == format_topic(TOPIC_BY_NAME["links"], None)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("serch", "No help topic “serch”. Did you mean: importai-tui help search"),
        ("link", "No help topic “link”. Did you mean: importai-tui help links"),
        ("zzz", "No help topic “zzz”. See all topics: importai-tui help"),
        ("doctor", "No help topic “doctor”. For the command: importai-tui doctor --help"),
    ],
)
def test_help_suggests_a_similar_topic(run: RunProgram, typed: str, message: str) -> None:
    ran = run("help", typed)
    assert (ran.status, ran.out, ran.err) == (1, "", f"importai-tui: {message}\n")


def test_help_works_with_invalid_settings(run: RunProgram, tmp_path: Path) -> None:
    config = tmp_path / "home" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("nonsense", encoding="utf-8")
    assert run("help", "troubles").status == 0
