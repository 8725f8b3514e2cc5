#!/usr/bin/env python3
"""Writes the recipes of a release for Homebrew, the AUR and nix, from its sdist: `.ci/recipes.py dist/*.tar.gz`.

Needs uv, whose lock file has the address of the source of every dependency. The recipes are written to the folder
`recipes` beside the sdist. They download the sdist from the releases of the public home, or from `--url`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

_ARCH_NAMES = {"pyyaml": "yaml"}
"""Packages whose name on Arch is not `python-` followed by their own name."""
EXTRAS = {
    "articles": "whole articles of web pages",
    "mcp": "lets AI programs search your archive",
    "web": "the reader in a browser",
}
"""The extras for users, each with its purpose. The other extras are for developers."""


@dataclass(frozen=True)
class Source:
    """The source of a package: its address and its SHA-256 in hexadecimal."""

    name: str
    url: str
    sha256: str


@dataclass(frozen=True)
class Release:
    """The metadata of a release that the recipes need."""

    version: str
    summary: str
    home: str
    python: str
    """The newest minor version of Python that the release was tested with."""
    requirements: tuple[str, ...]
    """As in the metadata, including those of the extras."""
    source: Source

    def list_dependencies(self, extra: str = "") -> list[str]:
        """Return the names of the packages that the program needs, or those that an extra needs."""
        condition = f"extra == '{extra}'"
        wanted = [line for line in self.requirements if (condition in line if extra else "extra ==" not in line)]
        return [re.split(r"[^\w.-]", line)[0].lower() for line in wanted]

    def list_extras(self) -> dict[str, list[str]]:
        """Return the extras that users install, with the names of the packages."""
        return {extra: names for extra in EXTRAS if (names := self.list_dependencies(extra))}


def read_release(sdist: Path, url: str = "") -> Release:
    """Read the metadata of an sdist. Its address is `url`, or by default among the releases of its home page."""
    with tarfile.open(sdist) as archive:
        file = archive.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert file is not None
        fields = HeaderParser().parsestr(file.read().decode())
    version = fields["Version"]
    links = dict(line.split(", ", 1) for line in fields.get_all("Project-URL", []))
    pythons = re.findall(r"Python :: (3\.\d+)$", "\n".join(fields.get_all("Classifier", [])), re.MULTILINE)
    return Release(
        version=version,
        summary=fields["Summary"],
        home=links["Homepage"],
        python=max(pythons, key=lambda minor: int(minor.partition(".")[2])),
        requirements=tuple(fields.get_all("Requires-Dist", [])),
        source=Source(
            fields["Name"],
            url or f"{links['Homepage']}/releases/download/v{version}/{sdist.name}",
            hashlib.sha256(sdist.read_bytes()).hexdigest(),
        ),
    )


def find_sources(release: Release) -> list[Source]:
    """Ask the package index for the sources of all packages that the program needs on macOS and Linux."""
    needed = "\n".join(line for line in release.requirements if "extra ==" not in line)
    found: dict[str, Source] = {}
    for platform in ("macos", "linux"):
        with tempfile.TemporaryDirectory() as folder:
            lock = Path(folder, "pylock.toml")
            command = ("uv", "pip", "compile", "-", "--quiet", "--output-file", str(lock))
            options = ("--python-version", release.python, "--python-platform", platform)
            subprocess.run([*command, *options], input=needed, check=True, text=True)
            found |= {source.name: source for source in read_lock(tomllib.loads(lock.read_text(encoding="utf-8")))}
    return [found[name] for name in sorted(found)]


def read_lock(lock: dict[str, Any]) -> list[Source]:
    """Read the sources from a `pylock.toml`."""
    return [
        Source(package["name"], package["sdist"]["url"], package["sdist"]["hashes"]["sha256"])
        for package in lock["packages"]
    ]


def format_homebrew(release: Release, sources: list[Source]) -> str:
    """Return a formula."""
    resources = "\n".join(
        f'  resource "{source.name}" do\n    url "{source.url}"\n    sha256 "{source.sha256}"\n  end\n'
        for source in sources
    )
    return f'''class ImportaiTui < Formula
  include Language::Python::Virtualenv

  desc "{release.summary}"
  homepage "{release.home}"
  url "{release.source.url}"
  sha256 "{release.source.sha256}"
  license "MIT"

  depends_on "libyaml"
  depends_on "python@{release.python}"

  uses_from_macos "libxml2"
  uses_from_macos "libxslt"

{resources}
  def install
    virtualenv_install_with_resources
    generate_completions_from_executable(bin/"importai-tui", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{{bin}}/importai-tui --version")
    assert_match "guide", shell_output("#{{bin}}/importai-tui --demo list").downcase
  end
end
'''


def format_pkgbuild(release: Release) -> str:
    """Return a PKGBUILD."""
    depends = "\n".join(f"  {name}" for name in _list_for_arch(release))
    optional = "\n".join(f"  '{reason}'" for reason in _list_reasons_for_arch(release))
    return f'''# Maintainer: NAME <MAIL>
pkgname={release.source.name}
pkgver={release.version}
pkgrel=1
pkgdesc="{release.summary}"
arch=(any)
url="{release.home}"
license=(MIT)
depends=(
{depends}
)
makedepends=(python-build python-hatchling python-installer)
optdepends=(
{optional}
)
source=("{release.source.url}")
sha256sums=({release.source.sha256})

build() {{
  cd "importai_tui-$pkgver"
  python -m build --wheel --no-isolation
}}

package() {{
  cd "importai_tui-$pkgver"
  python -m installer --destdir="$pkgdir" dist/*.whl
  install -Dm644 LICENSE -t "$pkgdir/usr/share/licenses/$pkgname/"
}}
'''


def format_srcinfo(release: Release) -> str:
    """Return the file `.SRCINFO`, as `makepkg --printsrcinfo` writes it."""
    lines = [
        f"pkgbase = {release.source.name}",
        f"\tpkgdesc = {release.summary}",
        f"\tpkgver = {release.version}",
        "\tpkgrel = 1",
        f"\turl = {release.home}",
        "\tarch = any",
        "\tlicense = MIT",
        *(f"\tmakedepends = python-{name}" for name in ("build", "hatchling", "installer")),
        *(f"\tdepends = {name}" for name in _list_for_arch(release)),
        *(f"\toptdepends = {reason}" for reason in _list_reasons_for_arch(release)),
        f"\tsource = {release.source.url}",
        f"\tsha256sums = {release.source.sha256}",
        "",
        f"pkgname = {release.source.name}",
        "",
    ]
    return "\n".join(lines)


def _list_for_arch(release: Release) -> list[str]:
    return ["python", *map(_name_on_arch, release.list_dependencies())]


def _list_reasons_for_arch(release: Release) -> list[str]:
    extras = release.list_extras()
    return [f"{_name_on_arch(name)}: {EXTRAS[extra]}" for extra, names in extras.items() for name in names]


def _name_on_arch(package: str) -> str:
    return f"python-{_ARCH_NAMES.get(package, package)}"


def format_nix(release: Release) -> str:
    """Return a derivation, to be called with `callPackage`."""
    digest = base64.b64encode(bytes.fromhex(release.source.sha256)).decode()
    dependencies = "\n".join(f"    {name}" for name in release.list_dependencies())
    optional = "\n".join(f"    {extra} = [ {' '.join(names)} ];" for extra, names in release.list_extras().items())
    return f'''{{
  lib,
  python3Packages,
  fetchurl,
}}:

python3Packages.buildPythonApplication rec {{
  pname = "{release.source.name}";
  version = "{release.version}";
  pyproject = true;

  src = fetchurl {{
    url = "{release.source.url}";
    hash = "sha256-{digest}";
  }};

  build-system = [ python3Packages.hatchling ];

  dependencies = with python3Packages; [
{dependencies}
  ];

  optional-dependencies = with python3Packages; {{
{optional}
  }};

  pythonImportsCheck = [ "importai_tui" ];

  meta = {{
    description = "{release.summary}";
    homepage = "{release.home}";
    license = lib.licenses.mit;
    mainProgram = "{release.source.name}";
  }};
}}
'''


def main() -> None:
    """Write all recipes of a release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sdist", type=Path)
    parser.add_argument("--url", default="", help="where users download the sdist")
    arguments = parser.parse_args()
    release = read_release(arguments.sdist, arguments.url)
    texts = {
        "importai-tui.rb": format_homebrew(release, find_sources(release)),
        "PKGBUILD": format_pkgbuild(release),
        ".SRCINFO": format_srcinfo(release),
        "package.nix": format_nix(release),
    }
    folder = arguments.sdist.parent / "recipes"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
