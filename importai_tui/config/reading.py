"""Reads the settings: the environment before the file, the file before what is the default."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.config.config import BadSetting, Config
from importai_tui.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from importai_tui.config.checking import Check


@dataclass(frozen=True, slots=True)
class Held:
    """The settings that hold, and where each was set: "line 3", a variable's name. What is not in it is the default."""

    config: Config
    origins: Mapping[str, str]


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The settings in a file and in the environment.

    Raises:
        BadSetting: it cannot be read, is no TOML, or holds a setting that is unknown or of the wrong kind.
    """
    check = _check(path, environ)
    return check.config() if check else Config()


def read_held(path: Path, environ: Mapping[str, str] = os.environ) -> Held:
    """The same, with where each setting was set. Raises BadSetting."""
    check = _check(path, environ)
    return Held(check.config(), check.origins()) if check else Held(Config(), {})


def keys_of(config: Config) -> Mapping[str, tuple[str, ...]]:
    """The keys of every command as they hold: a person's own over the preset's over the default ones."""
    from importai_tui.keys import keys_in_force

    return keys_in_force(config.preset, config.keys)


def _check(path: Path, environ: Mapping[str, str]) -> Check | None:
    """What looks through the settings; None where nothing is set."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block, and a device might never end
            raise BadSetting(f"{path} is no file, so it cannot hold the settings. Move it away.")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = ""
    except NotADirectoryError as error:
        file = next((folder for folder in path.parents if folder.exists()), path)
        raise BadSetting(f"{path} cannot be read: {file} is a file, not a folder. Move that file away.") from error
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise BadSetting(f"{path} cannot be read: {reason.lower()}. Correct it, or move it away.") from error
    if not text.strip() and not any(_may_set(name) for name in environ):
        return None
    from importai_tui.config.checking import Check

    return Check(path, text, environ)


def _may_set(name: str) -> bool:
    return name.startswith("IMPORTAI_TUI_") and name != HOME_VARIABLE
