"""What annotations need while the program runs, for what every command imports.

To import `typing` takes a third of the time that Python takes to start. A module that a command loads asks for
`TYPE_CHECKING` here, and for all other names of `typing` beneath it: type checkers know it by its name.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import assert_never as assert_never
    from typing import dataclass_transform as dataclass_transform
else:

    def assert_never(value: object) -> None:
        """What a type checker has shown to be out of reach."""
        raise AssertionError(f"Nobody knows what to do with {value!r}")

    def dataclass_transform(**_: object) -> object:
        """A word to type checkers alone."""
        return lambda decorator: decorator
