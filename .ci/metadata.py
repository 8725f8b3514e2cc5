"""Makes the description of the package from the README, with the absolute addresses that a package index needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE_TARGET = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
_PICTURES = (".gif", ".png", ".svg")


class ReadmeHook(MetadataHookInterface):
    """Sets the field `readme`. Hatchling calls it for every build, including editable ones."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the field in the table `[project]`."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        home, tag = metadata["urls"]["Homepage"], f"v{metadata['version']}"
        metadata["readme"] = {"content-type": "text/markdown", "text": make_absolute(text, home, tag)}


def make_absolute(text: str, home: str, tag: str) -> str:
    """Return a Markdown page with relative links and pictures replaced by the addresses of files of a tag on GitHub."""

    def replace(match: re.Match[str]) -> str:
        path = match[1]
        return f"]({home}/{'raw' if path.endswith(_PICTURES) else 'blob'}/{tag}/{path})"

    return _RELATIVE_TARGET.sub(replace, text)
