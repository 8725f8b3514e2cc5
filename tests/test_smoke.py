"""A short test of everything that needs a library; `.ci/lowest` and `.ci/newest` run it with other versions.

Each step is a process of its own, as a user starts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples import make_page
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues
from tests.terminal import Terminal, make_environment, reader_command

IMPORT_EVERY_MODULE = """
import importlib, pkgutil, importai_tui
for module in pkgutil.walk_packages(importai_tui.__path__, "importai_tui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def program(home: Path, *arguments: str) -> str:
    """Run the program, which must succeed, and return its standard output."""
    ran = subprocess.run(
        [sys.executable, "-m", "importai_tui", *arguments], env=make_environment(home), capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(FakeNewsletter(make_issues(3, stories=2))) as running:
        yield running


def test_every_module_can_be_imported() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", IMPORT_EVERY_MODULE], check=True)


def test_platform_folders_are_absolute(tmp_path: Path) -> None:
    relative = {f"XDG_{name}_HOME": "relative" for name in ("DATA", "CACHE", "CONFIG")}
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **relative}
    ran = subprocess.run(
        [sys.executable, "-m", "importai_tui", "paths", "--json"], env=environ, capture_output=True, check=True
    )
    places = json.loads(ran.stdout)
    assert all(Path(place).is_absolute() for place in places.values())


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_document_is_imported_found_and_exported(tmp_path: Path, form: str) -> None:
    documents = {
        "html": f"<html><head><title>Otters</title></head><body>{make_page('otters').decode()}</body></html>",
        "md": "# Import AI 7: Otters\n\n**Otters learn to count the rivers:**\n\n*…Slow water, patient otters…*\n\n"
        "It went well. **Read more:** [Counting Rivers](https://example.org/otters/1) (Example).\n",
    }
    file = tmp_path / f"import-ai-7.{form}"
    file.write_text(documents[form], encoding="utf-8")
    program(tmp_path, "import", str(file))
    assert json.loads(program(tmp_path, "list", "--json"))["issues"][0]["number"] == 7
    assert json.loads(program(tmp_path, "search", "otters", "--json"))["total"]
    assert "Counting Rivers" in program(tmp_path, "show", "7", "--format", "markdown")
    assert "works" in json.loads(program(tmp_path, "works", "--json"))
    program(tmp_path, "mark", "7", "--star")
    assert '"starred": true' in program(tmp_path, "export", "--stories")
    program(tmp_path, "doctor")
    assert program(tmp_path, "help", "search")


@pytest.mark.parametrize("path", ["/substack/feed", "/mirror/"])
def test_a_newsletter_is_synced(tmp_path: Path, server: Server, path: str) -> None:
    report = json.loads(program(tmp_path, "sync", "--json", "--source", f"{server.address}{path}"))
    assert [(len(source["new"]), source["error"]) for source in report["sources"]] == [(3, None)]


def test_the_app_opens_its_screens(tmp_path: Path) -> None:
    with Terminal(reader_command("--demo"), make_environment(tmp_path)) as terminal:
        terminal.wait_until_shown("Unread")
        terminal.wait_until_quiet()
        page = terminal.screen
        for key in ("?", "F", "W", "d", "ctrl+p"):
            terminal.press(key)
            terminal.wait_until(lambda: terminal.screen != page)
            terminal.wait_until_quiet()
            terminal.press("escape")
            terminal.wait_until(lambda: terminal.screen == page)
        assert terminal.status is None, "\n".join(terminal.screen)
        terminal.press("q")
        assert terminal.wait() == 0
