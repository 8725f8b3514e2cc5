"""Benchmarks of speed and size: `python -m tests.benchmarks`. pytest does not run them."""

from importlib import import_module

import_module("importai_tui.tui")  # before Textual, as in the program: how often it draws is settled there
