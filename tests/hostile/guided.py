"""Fuzzes one target with atheris, if installed: python -m tests.hostile.guided TARGET FOLDER [its options]."""

from __future__ import annotations

import sys


def main() -> None:
    """Run until the options or a finding end it."""
    import atheris

    with atheris.instrument_imports(include=["importai_tui"]):
        from tests.hostile.targets import TARGETS

    name = sys.argv.pop(1)
    target = next(target for target in TARGETS if target.name == name)
    atheris.Setup(sys.argv, target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
