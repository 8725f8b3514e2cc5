"""What a command of the user gets: arguments, text and file; and the recipes of the help."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui import manual
from importai_tui.command_safety import runs_address
from importai_tui.config import Config, load_config
from importai_tui.config.user_commands import FORMATS, UserCommand
from importai_tui.errors import NotFoundError, UserCommandError
from importai_tui.library.library import Library
from importai_tui.model import Link, LinkKind, LinkRole
from importai_tui.user_commands.prepare import PreparedCommand, find_unsafe_settings, prepare
from tests.documents import find_code_blocks
from tests.examples import make_issue

PAGE = "https://example.org/p/402"
HEADLINE = "The headline of otter"


@pytest.fixture
def filled(library: Library) -> Library:
    """Issue 402 of two stories, the first with a note and a highlight, and issue 403 without a page."""
    library.store(make_issue("otter", "heron", number=402, url=PAGE), b"", "substack")
    library.store(make_issue("crane", number=403), b"", "substack")
    library.set_note("otter", "Ask *Ada*")
    library.add_highlight("otter", "What otter says.", "true")
    return library


def prepare_input(library: Library, input: str, form: str = "text", ref: str = "402/1") -> PreparedCommand:
    return prepare(UserCommand("x", ("cat",), input=input, format=form), library, ref, environ={})


def test_each_input_has_its_text(filled: Library) -> None:
    otter = f"{HEADLINE}\n\nWhat otter says.\n"
    texts = {
        ("story", "text", "402/1"): otter,
        ("story", "markdown", "402/1"): f"# {HEADLINE}\n\nWhat otter says.\n",
        ("highlights", "text", "402"): f"{HEADLINE}\n\nAsk *Ada*\n\nWhat otter says.\n\ntrue\n",
        ("url", "text", "402/1"): f"{PAGE}\n",
        ("url", "markdown", "402/1"): f"- [{HEADLINE}]({PAGE})\n",
        ("none", "text", "402"): None,
    }
    for (input, form, ref), text in texts.items():
        assert prepare_input(filled, input, form, ref).stdin_text == text, (input, form)
    issue = prepare_input(filled, "issue").stdin_text or ""
    assert otter in issue
    assert "What heron says." in issue
    assert "> What otter says.\n\ntrue" in (prepare_input(filled, "highlights", "markdown").stdin_text or "")


def test_json_has_the_documented_shapes(filled: Library) -> None:
    documents = {
        input: json.loads(prepare_input(filled, input, "json").stdin_text or "") for input in ("story", "issue")
    }
    assert documents["story"]["headline"] == HEADLINE
    assert [story["ref"] for story in documents["issue"]["stories"]] == ["402/1", "402/2"]
    notes = json.loads(prepare_input(filled, "highlights", "json", "402").stdin_text or "")
    assert [(story["note"], len(story["highlights"])) for story in notes["stories"]] == [("Ask *Ada*", 1)]
    assert json.loads(prepare_input(filled, "url", "json").stdin_text or "")["url"] == PAGE


def test_works_are_listed_once_each(library: Library) -> None:
    issue = make_issue("otter", "heron", number=402)
    paper = Link(
        *(1, "On Otters (arXiv)", "https://arxiv.org/abs/2502.19187", LinkKind.PAPER, "arxiv.org"),
        *(LinkRole.READ_MORE, "arxiv:2502.19187"),
    )
    library.store(
        replace(issue, stories=tuple(replace(story, links=(paper,)) for story in issue.stories)), b"", "substack"
    )
    library.state.star_work("arxiv:2502.19187", True, "On Otters")
    assert prepare_input(library, "works", ref="402").stdin_text == "On Otters, https://arxiv.org/abs/2502.19187\n"
    line = "- [On Otters](https://arxiv.org/abs/2502.19187) (paper, arxiv.org) — cited in Import AI 402\n"
    assert prepare_input(library, "works", "markdown").stdin_text == line
    [work] = json.loads(prepare_input(library, "works", "json").stdin_text or "")["works"]
    assert (work["work"], work["starred"], work["read"]) == ("arxiv:2502.19187", True, False)


def test_a_link_replaces_title_and_url(filled: Library) -> None:
    command = UserCommand("x", ("x", "{title}", "{url}", "{ref}"), input="url")
    link = filled.get_story("402", 1).links[0]
    assert prepare(command, filled, "402/1", link, {}).argv == ("x", "Link 1", "https://example.org/otter/1", "402/1")
    assert prepare(command, filled, "402/1", None, {}).argv == ("x", HEADLINE, PAGE, "402/1")
    with pytest.raises(UserCommandError, match="this link has an unsafe URL"):
        prepare(command, filled, "402/1", replace(link, url="javascript:alert(1)"), {})


def test_a_file_replaces_standard_input(filled: Library) -> None:
    command = UserCommand("x", ("x", "{file}", "-o", "~/{ref}.pdf"), format="markdown")
    first, second = (prepare(command, filled, "402/1", None, {}) for _ in range(2))
    assert (first.stdin_text, first.file_text.split("\n")[0]) == (None, f"# {HEADLINE}")
    assert first.argv == ("x", str(first.file), "-o", f"{Path.home()}/402/1.pdf")
    assert first.file
    assert second.file
    assert (first.file.name, first.file.exists()) == ("402-1.md", False)
    assert first.file.parent != second.file.parent


def test_reasons_not_to_run_are_explained(filled: Library) -> None:
    reasons = {
        ("story", "cat", "402"): "x takes a story, and 402 is an issue. Add the number of a story: 402/1",
        ("highlights", "cat", "402/2"): "402/2 has no highlights and no note",
        ("works", "cat", "402/2"): "402/2 cites no works",
        ("url", "cat", "403"): "no web page is known for issue 403",
        ("story", "bash", "402/1"): "would run the text of the newsletter as a program",
        ("issue", "at now", "402/1"): "would run the text of the newsletter as a program",
        ("story", "bash {file}", "402/1"): "would run the text of the newsletter as a program",
        ("story", "env -i python3 -u {file}", "402/1"): "would run the text of the newsletter as a program",
        ("story", "python3 -u -", "402/1"): "would run the text of the newsletter as a program",
    }
    for (input, run, ref), reason in reasons.items():
        with pytest.raises(UserCommandError) as error:
            prepare(UserCommand("x", tuple(run.split()), input=input), filled, ref, environ={})
        assert reason in str(error.value)
    with pytest.raises(NotFoundError):
        prepare_input(filled, "story", ref="404/1")
    for run in (
        *("bash -c wc", "python3 -m json.tool", "perl -ne print", "env sh count.sh", "date +%s"),
        *("sh count.sh {file}", "python3 -m json.tool {file}", "sh -c wc<{file}"),
    ):
        prepared = prepare(UserCommand("x", tuple(run.split())), filled, "402/1", environ={})
        assert prepared.stdin_text or prepared.file_text


def test_the_recipes_of_the_help_run(filled: Library, tmp_path: Path) -> None:
    page = (Path(manual.__file__).parent / "commands.md").read_text(encoding="utf-8")
    summary, *recipes = find_code_blocks(page, "toml")
    (tmp_path / "config.toml").write_text("\n".join(recipes), encoding="utf-8")
    loaded = load_config(tmp_path / "config.toml", {})
    assert loaded.problems == ()
    assert len(loaded.config.commands) == len(tomllib.loads("\n".join(recipes))["commands"]) > 10
    assert tomllib.loads(summary)["commands"]["summary"]["run"] == list(loaded.config.commands[0].run)
    for command in loaded.config.commands:
        assert prepare(command, filled, "402/1", environ={}).argv[0] == command.run[0]
        assert command.format in FORMATS
    assert not any(runs_address(opener) for opener in loaded.config.openers.values())


def test_unsafe_settings_are_found_before_they_run() -> None:
    safe = Config(
        opener=("firefox", "%s"),
        openers={"pdf": (), "video": ("mpv",)},
        after=("notify-send", "{title}", "{count}"),
        commands=(UserCommand("a", ("tee", "{file}", "{title}")), UserCommand("b", ("sh",), input="none")),
    )
    assert find_unsafe_settings(safe, {}) == []
    unsafe = Config(
        opener=("sh", "-c", "firefox %s"),
        openers={"video": ("sh", "-c", "mpv %s")},
        after=("sh", "-c", "say {title}"),
        commands=(UserCommand("a", ("sh",)), UserCommand("b", ("make", "X={url}"))),
    )
    settings = ("links.opener ", "links.openers.video ", "sync.after ", "commands.a ", "commands.b ")
    for setting, problem in zip(settings, find_unsafe_settings(unsafe, {}), strict=True):
        assert setting in problem
