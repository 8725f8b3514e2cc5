"""The page of a package index: the metadata of the package, and the README as its description."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from importai_tui import __version__
from tests.documents import find_targets

PROJECT_ROOT = Path(__file__).parent.parent
METADATA = ProjectMetadata(str(PROJECT_ROOT), PluginManager()).core
HOME = METADATA.urls["Homepage"]


def test_description_has_only_absolute_addresses() -> None:
    targets = find_targets(METADATA.readme)
    own = [target.removeprefix(f"{HOME}/") for target in targets if target.startswith(HOME)]
    assert not [target for target in targets if not target.startswith("https://")]
    assert own == [
        f"{'raw' if path.endswith(('.png', '.gif')) else 'blob'}/v{__version__}/{path}"
        for path in find_targets((PROJECT_ROOT / "README.md").read_text(encoding="utf-8"))
        if not path.startswith("https://")
    ]


def test_public_home_is_named_in_one_place() -> None:
    folders = ("importai_tui", "tests", "screenshots", ".ci", ".github")
    files = [
        path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*") if "__pycache__" not in path.parts
    ]
    files += [path for path in PROJECT_ROOT.iterdir() if path.suffix in (".md", ".toml")]
    address = HOME.removeprefix("https://").encode()
    named = [(path.name, path.read_bytes().count(address)) for path in files if path.is_file()]
    assert [(name, count) for name, count in named if count] == [("pyproject.toml", 1)]


def test_readme_warns_until_there_is_a_release() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    assert ("Not published yet" in readme) == HOME.split("/")[2].endswith(".invalid")


def test_python_classifiers_begin_with_the_lowest_version() -> None:
    prefix = "Programming Language :: Python :: 3."
    minors = [int(name.removeprefix(prefix)) for name in METADATA.classifiers if name.startswith(prefix)]
    assert METADATA.requires_python == f">=3.{minors[0]}"
    assert minors == list(range(minors[0], minors[0] + len(minors)))


def test_sdist_has_the_whole_repository() -> None:
    if not (PROJECT_ROOT / ".git").exists():
        pytest.skip("only git knows the files of the repository")
    stored = subprocess.run(["git", "ls-files"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True).stdout
    packed = {file.distribution_path for file in SdistBuilder(str(PROJECT_ROOT)).recurse_included_files()}
    assert set(stored.splitlines()) <= packed


def test_wheel_has_only_the_program() -> None:
    packed = {Path(file.distribution_path) for file in WheelBuilder(str(PROJECT_ROOT)).recurse_included_files()}
    assert {path.parts[0] for path in packed} == {"importai_tui"}
    assert not [path for path in packed if path.suffix == ".pyc"]
