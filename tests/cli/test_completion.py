"""Tab completion of each argument, and the scripts of the shells."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from importai_tui.cli.constants import COMPLETION_VARIABLE, PROGRAM
from importai_tui.cli.root import root
from importai_tui.cli.shells import completion
from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_issue


def complete(*words: str) -> list[str]:
    """Return the completions of the last word."""
    return [item.value for item in find_items(*words)]


def find_items(*words: str) -> list[CompletionItem[str]]:
    return ShellComplete(root, {}, PROGRAM, COMPLETION_VARIABLE).get_completions([*words[:-1]], words[-1])


def answer(shell: str, words: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the output for the script of a shell, for the last word."""
    monkeypatch.setenv("COMP_WORDS", "\n".join((PROGRAM, *words)))
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    kind = get_completion_class(shell)
    assert kind
    return kind(root, {}, PROGRAM, COMPLETION_VARIABLE).complete().splitlines()


@pytest.mark.usefixtures("marked")
def test_references_are_completed_from_the_archive(places: Places) -> None:
    with Library.open(places) as library:
        library.store(make_issue("b1", number=398, title="Import AI 398: Moles"), b"other", "other.html")
        library.store(make_issue("c1", slug="c-slug"), b"third", "third.html")
    for words, completed in (
        (["show", ""], ["latest", "401", "398", "c-slug"]),
        (["show", "4"], ["401", "401/1", "401/2"]),
        (["read", "398"], ["398", "398/1"]),
        (["mark", "398", "401/"], ["401/1", "401/2"]),
        (["links", "latest/"], ["latest/1", "latest/2"]),
        (["open", "9"], []),
        (["card", "c-slug/"], ["c-slug/1"]),
        (["works", "in:39"], ["in:398", "in:398/1"]),
        (["l"], ["links", "list", "latest"]),
        (["--demo", "show", "4"], []),
    ):
        assert complete(*words) == completed, words
    assert [item.help for item in find_items("show", "398/")] == ["The headline of b1"]
    assert next(item.help for item in find_items("show", "398")) == "Moles"
    assert complete("search", "tag:") == ["tag:slow-water"]


@pytest.mark.usefixtures("run")
def test_other_arguments_are_completed(places: Places) -> None:
    places.config_folder.mkdir(parents=True)
    places.config.write_text('[commands.summary]\nrun = ["cat"]\n[sync]\nsources = ["https://example.org/feed"]\n')
    for words, completed in (
        (["help", "sc"], ["schedule", "scripting"]),
        (["run", "s"], ["summary"]),
        (["sync", "--source", ""], ["substack", "mirror", "https://example.org/feed"]),
        (["works", "kind:p"], ["kind:paper", "kind:post"]),
        (["search", "is:st"], ["is:starred"]),
        (["search", "otters", "-in:t"], []),  # an option, for click
        (["search", "so"], ["sort:best", "sort:new", "sort:old"]),
        (["--theme", "in"], ["ink"]),
        (["export", "--format", "cs"], ["csl", "csv"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ):
        assert complete(*words) == completed, words
    for words, kind in (
        (["import", "x"], "file"),
        (["import-state", "x"], "file"),
        (["export", "--out", "x"], "file"),
        (["show", "latest", "--out", "x"], "file"),
        (["export", "--each", "x"], "dir"),
    ):
        assert [(item.type, item.value) for item in find_items(*words)] == [(kind, "x")], words


def test_completion_is_silent_and_creates_nothing(run: RunProgram, places: Places) -> None:
    words = (("show", "4"), ("search", "tag:"), ("run", ""), ("sync", "--source", ""))
    assert [complete(*line) for line in words] == [[], [], [], ["substack", "mirror"]]
    assert not places.cache_folder.parent.exists()
    run("import", "no-such-file")  # creates an archive and a reading state
    before = {path: path.stat().st_mtime_ns for path in places.cache_folder.parent.rglob("*")}
    assert complete("show", "") == []
    assert {path: path.stat().st_mtime_ns for path in places.cache_folder.parent.rglob("*")} == before
    places.archive.write_bytes(b"not a database" * 100)
    places.config_folder.mkdir()
    places.config.write_text("nonsense")
    assert complete("show", "") == complete("run", "") == []


def test_a_failed_completion_prints_nothing(run: RunProgram, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETION_VARIABLE, "zsh_complete")
    monkeypatch.setenv("COMP_WORDS", PROGRAM)
    monkeypatch.setenv("COMP_CWORD", "not a number")
    printed = run()
    assert (printed.status, printed.out + printed.err) == (1, "")
    assert not places.cache_folder.parent.exists()  # nor is the error logged


@pytest.mark.usefixtures("run")
def test_words_that_a_shell_would_expand_are_left_out(places: Places) -> None:
    places.archive.parent.mkdir(parents=True)
    with Library.open(places) as library:
        for slug in ("$(reboot)", "a;b", "*", "c d", "=ls", "-rf", "good-slug"):
            library.store(make_issue(slug, slug=slug), slug.encode(), "page.html")
    assert complete("show", "") == ["latest", "good-slug"]


@pytest.mark.usefixtures("run")
def test_values_after_colons_and_equals_signs_are_completed(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.config_folder.mkdir(parents=True)
    places.config.write_text('[sync]\nsources = ["https://example.org/feed"]\n')
    for shell, words, answers in (
        ("bash", ["works", "kind", ":", "pa"], ["plain,paper"]),
        ("bash", ["works", "kind", ":"], ["plain,paper", "plain,code"]),
        ("bash", ["works", "kind:pa"], ["plain,kind:paper"]),
        ("bash", ["works", "--format", "=", "bi"], ["plain,bibtex", "plain,biblatex"]),
        ("bash", ["works", "--format", "="], ["plain,text", "plain,bibtex"]),
        ("bash", ["sync", "--source", "https", ":", "//x", "--fu"], ["plain,--full"]),
        ("bash", ["sync", "--source", "=", "https", ":", "//"], ["plain,//example.org/feed"]),
        ("bash", ["show", "402", ""], []),
        ("zsh", ["works", "--format=bib"], ["plain", "--format=bibtex", "_", "plain", "--format=biblatex", "_"]),
        ("fish", ["works", "--format=bibt"], ["plain,--format=bibtex"]),
        ("fish", ["export", "--out=x"], ["file,x"]),
    ):
        assert answer(shell, words, monkeypatch)[: len(answers)] == answers, (shell, words)


def test_each_shell_gets_a_script(run: RunProgram) -> None:
    for shell, line in (
        ("bash", "complete -o nosort -F _importai_tui_completion importai-tui"),
        ("zsh", "compset -P '--*='; _path_files -f"),
        ("fish", 'string split -m 1 "," $completion'),
        ("fish", "complete --do-complete=\"'' \"(commandline -ct)"),
        ("fish", "__fish_complete_directories (commandline -ct)"),
    ):
        printed = run("completion", shell)
        assert (printed.status, printed.err) == (0, "")
        assert line in printed.out
        assert f'eval "$({PROGRAM} completion {shell})"' in (completion.epilog or "") or shell == "fish"


def test_an_unknown_theme_is_refused(run: RunProgram) -> None:
    refused = run("--theme", "pink", "paths")
    assert refused.status == 2
    assert "No theme called “pink”. Choose one of: terminal, ink, paper," in refused.err
    assert run("--theme", "paper", "paths").status == 0
