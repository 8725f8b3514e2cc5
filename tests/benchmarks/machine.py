"""Describes the machine of a measurement, because a figure means nothing without it."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def describe_machine() -> str:
    """Return processor, cores, memory, system, relevant versions, date and load."""
    versions = (
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{name} {version(name)}" for name in ("textual", "beautifulsoup4", "lxml")),
    )
    parts = (_get_processor(), f"{os.cpu_count()} cores", _get_memory(), _get_system(), ", ".join(versions))
    load = f"load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return "; ".join(filter(None, (*parts, f"{datetime.now(UTC):%Y-%m-%d}", load)))


def _get_processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", _read_text("/proc/cpuinfo"))
    return found[1] if found else platform.processor() or platform.machine()


def _get_memory() -> str:
    found = re.search(r"MemTotal:\s*(\d+) kB", _read_text("/proc/meminfo"))
    return f"{int(found[1]) / 1024**2:.0f} GB" if found else ""


def _get_system() -> str:
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)', _read_text("/etc/os-release"), re.MULTILINE)
    return f"{found[1] if found else platform.system()}, {platform.system()} {platform.release()}"


def _read_text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8") if Path(path).is_file() else ""
