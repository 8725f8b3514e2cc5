"""`python -m importai_tui` is the same as `importai-tui`."""

from importai_tui.cli import main

main()
