"""macOS and Windows, simulated: modules, locks, replaced files, parser processes and command lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from importai_tui import parse_pool
from importai_tui.files import atomic_write, file_lock, flush_to_disk
from importai_tui.parse.formats import Document
from importai_tui.parse_pool import PageTask, ParserProcess
from tests.parse_pool.victim import VictimLimits

IMPORT_ALL = """
import asyncio, concurrent.futures.process, multiprocessing.popen_spawn_posix, os, pkgutil, signal, sys
import httpx2, importlib, mcp.server, subprocess, tempfile, textual.app, textual.widgets
import importai_tui

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
            raise ImportError(f"{name} is blocked")

for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Blocker())
for module, names in (
    (os, "fork killpg getpgrp setsid getsid nice geteuid getuid fchmod mkfifo sched_getaffinity O_CLOEXEC O_NOFOLLOW"),
    (signal, "SIGPROF SIGHUP SIGTSTP SIGCONT SIGKILL SIGTTOU setitimer pthread_sigmask siginterrupt"),
):
    for name in names.split():
        delattr(module, name)
sys.platform = "win32"
for module in pkgutil.walk_packages(importai_tui.__path__, "importai_tui."):
    if module.name not in ("importai_tui.__main__", "importai_tui.tui.terminal"):
        importlib.import_module(module.name)
print(sum(name.startswith("importai_tui.") for name in sys.modules))
"""
"""Imports all modules but the driver for POSIX terminals, without what Windows lacks."""


def test_every_module_imports_on_windows() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=False)
    assert not done.stderr
    assert int(done.stdout) > 300
