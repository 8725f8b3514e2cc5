"""What is claimed of speed and size, as runs: `python -m tests.benchmarks.NAME`. Never part of the tests."""

from importlib import import_module

import_module("importai_tui.tui")  # before Textual, as in the program: how often it draws is settled there
