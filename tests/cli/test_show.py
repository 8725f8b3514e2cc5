"""The commands `list`, `show`, `links`, `open` and `mark`, and errors that all commands share."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from importai_tui import __version__
from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.tui.widgets.link_list import LinkRow, draw_link
from tests.conftest import RunProgram
from tests.examples import make_page

STORY = {
    *(
        "ref",
        "key",
        "issue",
        "position",
        "kind",
        "headline",
        "tagline",
        "section",
        "series",
        "words",
        "minutes",
        "read",
    ),
    *("starred", "text", "links", "cross_references", "why", "inspirations"),
}
HEAD = {"ref", "number", "slug", "title", "date", "date_estimated", "url", "stories", "unread", "words"}
LINK = {"n", "text", "url", "kind", "host", "role", "work"}


@pytest.fixture
def filled(run: RunProgram, tmp_path: Path) -> RunProgram:
    """The program with issue 7 of two stories, and issue 8 of three."""
    for number, subject in ((7, "otters"), (8, "herons")):
        path = tmp_path / f"{subject}.html"
        path.write_bytes(make_page(subject, stories=number - 5))
        run("import", path, "--number", number, "--title", f"Import AI {number}: {subject.title()}")
    return run


EMPTY_COMMANDS = {
    ("list",): 0,
    ("list", "--unread"): 0,
    ("stats",): 0,
    ("search", "robots"): 1,
    ("works",): 1,
    ("show", "latest"): 1,
    ("show", "390"): 1,
    ("links", "latest"): 1,
    ("open", "latest"): 1,
    ("read",): 1,
    ("read", "latest"): 1,
    ("mark", "latest", "--read"): 1,
    ("export", "--tales"): 1,
}


@pytest.mark.parametrize("command", EMPTY_COMMANDS, ids=" ".join)
def test_an_empty_archive_says_how_to_get_issues(run: RunProgram, command: tuple[str, ...]) -> None:
    ran = run(*command)
    assert (ran.status, ran.err.removeprefix("importai-tui: ")) == (EMPTY_COMMANDS[command], f"{NO_ISSUES_YET}\n")


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("6", "Issue 6 isn't in your archive. Download it: importai-tui sync --full, or import a file"),
        ("6/1", "Issue 6 isn't in your archive. Download it: importai-tui sync --full, or import a file"),
        ("9", "Issue 9 isn't in your archive. Check for new issues: importai-tui sync\n"),
        ("7/3", "Issue 7 has only 2 stories.\n"),
        ("otter", "No issue or story called “otter”. See what you have: importai-tui list\n"),
    ],
)
@pytest.mark.parametrize("command", ["show", "links", "open", "read"])
def test_a_missing_ref_says_how_to_get_it(filled: RunProgram, command: str, ref: str, message: str) -> None:
    ran = filled(command, ref)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"importai-tui: {message}")


def test_without_numbered_issues_every_issue_is_offered(run: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(make_page("otters"))
    run("import", tmp_path / "page.html")
    assert "Download it: importai-tui sync --full" in run("show", "402").err


def test_the_version_is_printed(run: RunProgram) -> None:
    assert run("--version").out == f"importai-tui {__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(run: RunProgram, option: str) -> None:
    ran = run(option)
    assert ran.status == 0
    for command in ("import", "list", "show", "links", "open", "mark", "paths"):
        assert f"  {command} " in ran.out


def test_list_of_an_empty_archive_names_the_next_step(run: RunProgram) -> None:
    ran = run("list")
    assert (ran.status, ran.out) == (0, "")
    assert "importai-tui import" in ran.err
    assert json.loads(run("list", "--json").out) == {"issues": []}


def test_the_list_shows_date_unread_reference_and_title(filled: RunProgram) -> None:
    assert filled("list").out.split("\n") == ["  3/3  8  Herons", "  2/2  7  Otters", ""]


def test_list_json_has_the_documented_fields(filled: RunProgram) -> None:
    issues = json.loads(filled("list", "--json").out)["issues"]
    assert [set(head) for head in issues] == [HEAD, HEAD]
    assert issues[0] | {"words": 0} == {
        "ref": "8",
        "number": 8,
        "slug": "import-ai-8-herons",
        "title": "Import AI 8: Herons",
        "date": None,
        "date_estimated": False,
        "url": None,
        "stories": 3,
        "unread": 3,
        "words": 0,
    }


def test_list_unread_omits_read_issues(filled: RunProgram) -> None:
    filled("mark", "8", "--read")
    assert [head["ref"] for head in json.loads(filled("list", "--unread", "--json").out)["issues"]] == ["7"]
    filled("mark", "7", "--read")
    ran = filled("list", "--unread")
    assert (ran.status, ran.out, ran.err) == (0, "", "Everything is read.\n")


def test_show_json_of_a_story_has_the_documented_fields(filled: RunProgram) -> None:
    story = json.loads(filled("show", "7/2", "--json").out)
    assert set(story) == STORY
    assert (story["ref"], story["issue"], story["position"], story["kind"]) == ("7/2", 7, 2, "story")
    assert story["text"].startswith("Somebody has taught otters to count rivers")
    assert set(story["links"][0]) == LINK | {"title"}
    assert story == json.loads(filled("show", story["key"], "--format", "json").out)


def test_show_json_of_an_issue_has_the_documented_fields(filled: RunProgram) -> None:
    issue = json.loads(filled("show", "latest", "--json").out)
    assert set(issue) == HEAD
    assert [story["ref"] for story in issue["stories"]] == ["8/1", "8/2", "8/3"]
    assert set(issue["stories"][0]) == STORY


def test_a_cross_reference_says_if_its_issue_is_stored(run: RunProgram, tmp_path: Path) -> None:
    page = make_page("otters").replace(b"It went well enough.", b"See Import AI #8 and Import AI #9.")
    (tmp_path / "a.html").write_bytes(page)
    (tmp_path / "b.html").write_bytes(make_page("herons"))
    run("import", tmp_path / "a.html", "--number", 7)
    run("import", tmp_path / "b.html", "--number", 8)
    references = json.loads(run("show", "7/1", "--json").out)["cross_references"]
    assert [(x["number"], x["in_archive"], x["ref"]) for x in references] == [(8, True, "8"), (9, False, None)]
    assert [x["certainty"] for x in references] == [None, None]
    assert set(references[0]) == {"number", "text", "in_archive", "ref", "certainty"}


def test_story_text_numbers_and_lists_its_links(filled: RunProgram) -> None:
    lines = filled("show", "7/1").out.splitlines()
    assert lines[:3] == ["Otters learn to count the rivers, part 1", "…Slow water, patient otters…", "7/1 · 1 min"]
    assert "Counting Rivers 1 (Example) [1]." in "\n".join(lines)
    assert lines[-1] == "[1] https://example.org/otters/1"


def test_story_markdown_has_real_links(filled: RunProgram) -> None:
    out = filled("show", "7/1", "--format", "markdown").out
    assert out.startswith("# Otters learn to count the rivers, part 1\n\n*…Slow water, patient otters…*\n")
    assert "[Counting Rivers 1 (Example)](https://example.org/otters/1)" in out


def test_issue_markdown_is_one_document(filled: RunProgram) -> None:
    out = filled("show", "7", "--format", "markdown").out
    assert [line for line in out.splitlines() if line.startswith("#")] == [
        "# Import AI 7: Otters",
        "## Otters learn to count the rivers, part 1",
        "## Otters learn to count the rivers, part 2",
    ]


def test_the_links_of_a_story_and_of_an_issue(filled: RunProgram) -> None:
    story = json.loads(filled("links", "7/2", "--json").out)
    assert story["ref"] == "7/2"
    assert set(story["links"][0]) >= LINK
    issue = json.loads(filled("links", "7", "--json").out)
    assert issue["ref"] == "7"
    assert [(link["n"], link["ref"], link["url"]) for link in issue["links"]] == [
        (1, "7/1", "https://example.org/otters/1"),
        (2, "7/2", "https://example.org/otters/2"),
    ]
    assert "https://example.org/otters/2" in filled("links", "7").out.splitlines()[1]


@pytest.mark.parametrize("command", [("show",), ("links",), ("open",), ("mark", "--read")])
def test_an_unknown_reference_is_one_line_and_status_1(filled: RunProgram, command: tuple[str, ...]) -> None:
    ran = filled(*command, "nothing-like-it")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "importai-tui: No issue or story called “nothing-like-it”. See what you have: importai-tui list\n"


def test_mark_sets_and_clears_marks(filled: RunProgram) -> None:
    assert filled("mark", "7/1", "8", "--read", "--star").err == "Marked 4 stories as read and starred 4 stories.\n"
    story = json.loads(filled("show", "7/1", "--json").out)
    assert (story["read"], story["starred"]) == (True, True)
    assert filled("mark", "7/1", "--unread", "--unstar").status == 0
    story = json.loads(filled("show", "7/1", "--json").out)
    assert (story["read"], story["starred"]) == (False, False)


def test_mark_handles_valid_references_and_reports_the_others(filled: RunProgram) -> None:
    ran = filled("mark", "7/1", "7/9", "--read")
    assert ran.status == 1
    assert "Issue 7 has only 2 stories." in ran.err
    assert json.loads(filled("show", "7/1", "--json").out)["read"]


@pytest.mark.parametrize("flags", [(), ("--read", "--unread"), ("--star", "--unstar")])
def test_mark_without_a_clear_mark_is_a_usage_error(filled: RunProgram, flags: tuple[str, ...]) -> None:
    ran = filled("mark", "7", *flags)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize("arguments", [("show",), ("show", "7", "--format", "pdf"), ("lst", "7"), ("--nope",)])
def test_a_usage_error_is_two_lines_and_status_2(filled: RunProgram, arguments: tuple[str, ...]) -> None:
    ran = filled(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 2


def test_an_unknown_first_word_is_explained(filled: RunProgram) -> None:
    ran = filled("lst")
    assert ran.status == 1
    assert "Unknown command, issue or story: lst" in ran.err


def test_an_unknown_command_with_arguments_is_named(filled: RunProgram) -> None:
    assert "Unknown command: lst" in filled("lst", "7").err
    assert "To open link 5: importai-tui open 402/3 5\n" in filled("402/3", "5").err
    assert "without other words: importai-tui 402\n" in filled("402", "lake").err


def test_opening_a_missing_issue_says_what_to_do(run: RunProgram, filled: RunProgram) -> None:
    assert "importai-tui sync" in filled("999").err
    assert "importai-tui sync" in run("999").err


def test_a_wrong_number_is_named_plainly(filled: RunProgram) -> None:
    assert "'x' is not a valid number" in filled("open", "7/1", "x").err


def test_without_a_terminal_the_app_names_the_commands(filled: RunProgram) -> None:
    for arguments in ((), ("7/1",)):
        ran = filled(*arguments)
        assert ran.status == 1
        assert "needs a terminal" in ran.err


def test_open_without_a_browser_prints_the_address(filled: RunProgram) -> None:
    ran = filled("open", "7/1", 1)
    assert (ran.status, ran.out) == (0, "https://example.org/otters/1\n")
    assert "No browser found" in ran.err


def test_open_passes_the_address_to_the_browser(
    filled: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    monkeypatch.setenv("BROWSER", f'{sys.executable} -c "{note}" {tmp_path / "seen"}')
    assert filled("open", "7", 2).status == 0
    assert (tmp_path / "seen").read_text() == "https://example.org/otters/2"


@pytest.mark.parametrize("arguments", [("7/1", "5"), ("7/1",)])
def test_open_of_a_missing_link_is_status_1(filled: RunProgram, arguments: tuple[str, ...]) -> None:
    ran = filled("open", *arguments)
    assert (ran.status, ran.out) == (1, "")
    assert "importai-tui links 7/1" in ran.err


def test_paths_prints_the_files_and_creates_none(run: RunProgram, places: Places) -> None:
    named = json.loads(run("paths", "--json").out)
    assert named == {
        "archive": str(places.archive),
        "reading": str(places.reading),
        "cards": str(places.cards),
        "config": str(places.config),
        "cache_folder": str(places.cache_folder),
        "data_folder": str(places.data_folder),
        "config_folder": str(places.config_folder),
    }
    assert str(places.reading) in run("paths").out
    assert not places.data_folder.exists()


def test_a_damaged_reading_state_is_one_line_and_unchanged(run: RunProgram, places: Places) -> None:
    places.data_folder.mkdir(parents=True)
    places.reading.write_bytes(b"a year of marks " * 500)
    ran = run("list")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert str(places.reading) in ran.err
    assert places.reading.read_bytes() == b"a year of marks " * 500


def test_a_home_that_cannot_be_created_is_one_line(run: RunProgram, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    ran = run("list")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1


def test_list_does_not_wait_for_a_locked_state(run: RunProgram, places: Places) -> None:
    Library.open(places).close()
    connection = sqlite3.connect(places.reading, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        assert run("list").status == 0  # reading does not wait for the lock
    finally:
        connection.close()


def test_a_closed_pipe_ends_quietly(filled: RunProgram, tmp_path: Path) -> None:
    del filled
    shell = f"'{sys.executable}' -m importai_tui show 8 --json | head -c 1; echo; echo ${{PIPESTATUS[0]}}"
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    ran = subprocess.run(["bash", "-c", shell], env=environ, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("{\n0\n", "")


def test_a_pipe_closed_before_the_first_byte_ends_quietly(filled: RunProgram, tmp_path: Path) -> None:
    del filled
    shell = f"(sleep 0.5; '{sys.executable}' -m importai_tui list; echo $? >&2) | true"
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    ran = subprocess.run(["bash", "-c", shell], env=environ, capture_output=True, text=True, check=False)
    assert ran.stderr == "0\n"


LISTED = {
    "https://example.org/a": ("https://example.org/a", "example.org"),
    "http://[::1]/a": ("http://[::1]/a", "::1"),
    "https://\u0430\u0440\u0440\u04cf\u0435.com/x": ("https://xn--80ak6aa92e.com/x", "xn--80ak6aa92e.com"),
    "https://p\u0430ypal.example/": ("https://xn--pypal-4ve.example/", "xn--pypal-4ve.example"),
    "https://user:pw@evil.example/x": ("https://user:pw@evil.example/x (unsafe, not opened)", "evil.example"),
    "https://good.example@evil.example/": ("https://good.example@evil.example/ (unsafe, not opened)", "evil.example"),
    "https://a.example:99999/": ("https://a.example:99999/ (unsafe, not opened)", None),
    None: ("(no URL)", None),
}
"""Addresses, each with the output of `links` and the shown host."""
OPENED = {url: shown for url, (shown, _) in LISTED.items() if url and "unsafe" not in shown}


def link(n: int, url: str | None) -> Link:
    return Link(n, f"words {n}", url, LinkKind.OTHER, None, LinkRole.INLINE, None)


@pytest.fixture
def linked(run: RunProgram, places: Places) -> RunProgram:
    links = tuple(link(n, url) for n, url in enumerate(LISTED, 1))
    blocks = (Paragraph(tuple(Span(one.text, link=one.n) for one in links)),)
    story = Story("s", 1, StoryKind.STORY, "otters", blocks=blocks, links=links)
    with Library.open(places) as library:
        library.store(Issue(7, "seven", "Import AI 7: otters", None, "javascript:alert(1)", (story,)), b"page", "7")
    return run


def test_links_prints_the_addresses_that_browsers_get(linked: RunProgram) -> None:
    lines = linked("links", "7").out.splitlines()
    assert lines == [f"{n}  other  {shown}  words {n}" for n, (shown, _) in enumerate(LISTED.values(), 1)]


@pytest.mark.parametrize("form", [("show", "7"), ("read", "7")])
def test_show_and_read_print_the_same_addresses(linked: RunProgram, form: tuple[str, ...]) -> None:
    out = linked(*form).out
    for url, (shown, _) in LISTED.items():
        assert url is None or shown in out


def test_only_a_terminal_gets_hyperlinks(linked: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PAGER", "")
    for command in ("show", "read", "links"):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
        assert "\x1b" not in linked(command, "7").out
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        assert set(re.findall(r"\]8;id=[0-9a-f]+;([!-~]+)\x1b", linked(command, "7").out)) == set(OPENED.values())
        with monkeypatch.context() as patched:
            patched.setenv("IMPORTAI_TUI_LINKS_HYPERLINKS", "never")
            assert "\x1b" not in linked(command, "7").out


def test_json_has_the_opened_address_and_host(linked: RunProgram) -> None:
    (story,) = json.loads(linked("show", "7", "--json").out)["stories"]
    for found in (story["links"], json.loads(linked("links", "7", "--json").out)["links"]):
        assert [(one["url"], one["host"]) for one in found] == [
            (OPENED.get(url or "", url), host) for url, (_, host) in LISTED.items()
        ]


def test_open_uses_the_listed_address(linked: RunProgram) -> None:
    for n, url in enumerate(LISTED, 1):
        ran = linked("open", "7", n)
        if url in OPENED:
            assert (ran.status, ran.out) == (0, f"{OPENED[url]}\n")
        else:
            assert (ran.status, ran.out) == (1, "")


def test_open_of_a_link_without_address_fails(linked: RunProgram) -> None:
    n = len(LISTED)
    assert linked("open", "7", n).err == (
        f"importai-tui: Link {n} of 7 (“words {n}”) has no URL. See the others: importai-tui links 7\n"
    )


def test_open_refuses_an_unsafe_issue_address(linked: RunProgram) -> None:
    ran = linked("open", "7")
    assert (ran.status, ran.out) == (1, "")
    assert "only http and https URLs are allowed" in ran.err


@pytest.mark.parametrize(("url", "host"), [(url, host) for url, (_, host) in LISTED.items() if host])
def test_the_link_panel_shows_the_contacted_host(url: str, host: str) -> None:
    _, facts = draw_link(LinkRow(link(1, url), "words"), 80, digits=1)
    assert host in facts.plain
    assert ("unsafe" in facts.plain) == (url not in OPENED)
