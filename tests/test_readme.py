"""The documents agree with the code: their links, commands, keys, settings and paths exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importai_tui.config.schema import SETTINGS
from importai_tui.keymap.commands import COMMANDS
from importai_tui.links.urls import validate_url
from tests.documents import (
    find_anchors,
    find_command_lines,
    find_inline_code,
    find_targets,
    find_unknown_topics,
    find_usage_error,
)
from tests.test_layers import LAYERS, TUI_LAYERS

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PROMISES = (PROJECT / "tests" / "README.md").read_text(encoding="utf-8").split("\n## Promises\n")[1]
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NEWEST_CHANGES = "\n## ".join((PROJECT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[:3])
"""Unreleased changes and the newest release. Commands and keys of older releases may no longer exist."""
DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(PROJECT / "tests").rglob("README.md"),
    *(PROJECT / "importai_tui" / "manual").glob("*.md"),
]


def section(title: str) -> str:
    """Return the text of a section of the README."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_links_lead_to_files_and_headings() -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
    links = [(path, target) for path, page in pages.items() for target in find_targets(page) if ":" not in target]
    assert len(links) > 10
    for path, target in links:
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), f"{path.name}: {target}"
        assert not anchor or anchor in find_anchors(file.read_text(encoding="utf-8")), f"{path.name}: {target}"


def test_web_addresses_are_valid_https() -> None:
    for path in DOCUMENTS:
        page = path.read_text(encoding="utf-8").replace("http://www.apple.com/DTDs/", "")  # a name, not an address
        urls = [*re.findall(r"\bhttps?://[^\s<>()`\"]+", page), *(url for url in find_targets(page) if ":" in url)]
        wrong = [url for url in urls if not url.startswith("https://") or validate_url(url) != url]
        assert not wrong, path.name


def test_anchors_are_made_of_headings() -> None:
    assert find_anchors("# Keys, at a `glance`\n\ntext\n\n## A b-c") == {"keys-at-a-glance", "a-b-c"}


def test_named_help_topics_exist() -> None:
    files = [
        *DOCUMENTS,
        *(PROJECT / "importai_tui").rglob("*.py"),
        *(PROJECT / "importai_tui" / "guide").glob("*.html"),
    ]
    unknown = {path.name: find_unknown_topics(path.read_text(encoding="utf-8")) for path in files}
    assert not {name: topics for name, topics in unknown.items() if topics}
    assert find_unknown_topics("importai-tui help links, {PROGRAM} help link, the help topic `net`") == ["link", "net"]


@pytest.mark.parametrize("page", [README, NEWEST_CHANGES], ids=["README", "CHANGELOG"])
def test_keys_and_settings_exist(page: str) -> None:
    spans = find_inline_code(page)
    bound = {key for command in COMMANDS for key in command.key_label.split()}
    assert {span for span in spans if len(span) == 1 or re.match("(ctrl|alt|shift)\\+", span)} <= bound | {"alt+1"}
    names = {s.key for s in SETTINGS} | {c.id for c in COMMANDS}
    dotted = {span.partition(" = ")[0] for span in spans if re.match(r"[a-z_]+\.[a-z_]+( =|$)", span)}
    assert dotted - names <= {"config.toml", "clip.exe"}


@pytest.mark.parametrize("page", [README, CONTRIBUTING, NEWEST_CHANGES], ids=["README", "CONTRIBUTING", "CHANGELOG"])
def test_every_command_line_is_valid(page: str) -> None:
    lines = list(find_command_lines(page))
    assert lines or page is NEWEST_CHANGES  # a release of corrections names no command
    assert not {line: why for line in lines if (why := find_usage_error(line))}


def test_readme_shows_ten_bound_keys() -> None:
    rows = re.findall(r"^\| `(\S+)` \|", section("Keys"), re.MULTILINE)
    assert len(rows) == 10
    assert set(rows) <= {key for command in COMMANDS for key in command.key_label.split()}


def test_each_promise_names_existing_tests() -> None:
    rows = re.findall(r"^\| .+ \| (`tests/.+) \|$", PROMISES, re.MULTILINE)
    named = [span for row in rows for span in find_inline_code(row)]
    files = {span: PROJECT / span.partition("::")[0] for span in named}
    assert len(rows) == PROMISES.count("\n| ") - 1
    assert not [span for span, file in files.items() if not file.exists()]
    missing = [
        span
        for span, file in files.items()
        if "::" in span and f"def {span.partition('::')[2]}(" not in file.read_text(encoding="utf-8")
    ]
    assert not missing


@pytest.mark.parametrize(("number", "layers"), [(1, LAYERS), (2, TUI_LAYERS)])
def test_contributing_shows_the_layers(number: int, layers: tuple[set[str], ...]) -> None:
    table = CONTRIBUTING.split("| layer |")[number].split("\n\n")[0]
    shown = [set[str]() for _ in layers]
    for layer, names in re.findall(r"^\| (\d) \| (.*?) \|", table, re.MULTILINE):
        shown[int(layer) - 1] |= set(find_inline_code(names))
    assert tuple(shown) == layers


def test_files_and_benchmarks_in_contributing_exist() -> None:
    paths = {span for span in find_inline_code(CONTRIBUTING) if re.fullmatch(r"(?!\.venv|\.\.)[\w.]+/[\w./]*", span)}
    assert paths
    folders = [PROJECT, PROJECT / "importai_tui"]
    assert {path for path in paths if not any((folder / path).exists() for folder in folders)} == set()
    named = set(re.findall(r"tests\.benchmarks\.(\w+)", CONTRIBUTING))
    assert named <= {p.stem for p in (PROJECT / "tests" / "benchmarks").glob("*.py")}
