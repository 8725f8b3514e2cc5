"""What every command is given: the environment, and the library and opener made from it when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from importai_tui.paths import Places

if TYPE_CHECKING:
    from importai_tui.library import Library
    from importai_tui.opener import Opener


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the program."""

    environ: Mapping[str, str]
    demo: bool
    """Everything happens on the built-in archive, in a throw-away home."""

    def places(self) -> Places:
        """Where the files of this installation are."""
        return Places.from_environment(self.environ)

    def library(self) -> Library:
        """Open the library; the caller closes it."""
        if self.demo:
            from importai_tui.guide import open_demo

            return open_demo()
        from importai_tui.library import Library

        return Library.open(self.places())

    def guide(self) -> Library:
        """Open the built-in issues beside the reader's own marks; the caller closes it."""
        if self.demo:
            return self.library()
        from importai_tui.guide import open_guide

        return open_guide(self.places())

    def opener(self) -> Opener:
        """The way to the system's browser."""
        from importai_tui.config import read_config
        from importai_tui.opener import browser_opener

        return browser_opener(self.environ, configured=read_config(self.places().config).opener)
