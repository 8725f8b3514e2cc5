"""`python -m importai_tui` is the same as `importai-tui`."""

from importai_tui.cli import main

if __name__ == "__main__":  # not in a parser process, which imports the program's first file
    main()
