"""The recipes for package managers, which `.ci/recipes.py` writes for a release."""

from __future__ import annotations

import importlib.util
import io
import sys
import tarfile
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT_ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

METADATA = """Metadata-Version: 2.4
Name: importai-tui
Version: 1.2.3
Summary: Reads
Project-URL: Homepage, https://example.org/importai-tui
Classifier: Programming Language :: Python :: 3.9
Classifier: Programming Language :: Python :: 3.11
Requires-Dist: PyYAML<7,>=6.0.2
Requires-Dist: rich>=14.2.0
Requires-Dist: mcp<3,>=2.0.0; extra == 'mcp'
Requires-Dist: pytest>=8.3; extra == 'test'

Read me.
"""


@pytest.fixture(scope="module")
def recipes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recipes", PROJECT_ROOT / ".ci" / "recipes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["recipes"] = module  # where dataclasses look for the types of their fields
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    path = tmp_path / "importai_tui-1.2.3.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("importai_tui-1.2.3/PKG-INFO")
        member.size = len(METADATA)
        archive.addfile(member, io.BytesIO(METADATA.encode()))
    return path


def test_recipes_have_what_the_release_has(recipes: ModuleType, sdist: Path) -> None:
    release = recipes.read_release(sdist)
    sources = recipes.read_lock(
        {
            "packages": [
                {"name": "rich", "sdist": {"url": "https://example.org/rich.tar.gz", "hashes": {"sha256": "ab"}}}
            ]
        }
    )
    formula = recipes.format_homebrew(release, sources)
    pkgbuild, srcinfo = recipes.format_pkgbuild(release), recipes.format_srcinfo(release)
    nix = recipes.format_nix(release)
    address = "https://example.org/importai-tui/releases/download/v1.2.3/importai_tui-1.2.3.tar.gz"
    for recipe in (formula, pkgbuild, srcinfo, nix):
        assert address in recipe
        assert "1.2.3" in recipe
        assert "pytest" not in recipe
    assert 'depends_on "python@3.11"' in formula
    assert 'resource "rich" do\n    url "https://example.org/rich.tar.gz"\n    sha256 "ab"' in formula
    assert "depends=(\n  python\n  python-yaml\n  python-rich\n)" in pkgbuild
    assert "\tdepends = python-yaml\n" in srcinfo
    assert "\toptdepends = python-mcp: " in srcinfo
    assert "    pyyaml\n    rich\n" in nix
    assert "mcp = [ mcp ];" in nix
    assert recipes.read_release(sdist, "https://example.org/x.tar.gz").source.url == "https://example.org/x.tar.gz"


def test_recipes_know_every_extra_for_users(recipes: ModuleType) -> None:
    assert set(PROJECT["optional-dependencies"]) - {"test", "pictures"} <= set(recipes.EXTRAS)
