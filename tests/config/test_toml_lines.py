"""The line of each setting in a file."""

from __future__ import annotations

import pytest

from importai_tui.config.toml_lines import find_lines


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("[a]\nb = 1\n", "a.b", 2),
        ("[a]\nb = 1\n", "a", 1),
        ("# a.b = 1\n\n[a]\r\n  b = 1", "a.b", 4),
        ("a.b = 1", "a.b", 1),
        ("a.b = 1", "a", 1),
        ('[a]\n"b.c" = 1', "a.b.c", 2),
        ("[a]\n'b' = 1", "a.b", 2),
        ("a = {b = 1, c = {d = 2}}", "a.c.d", 1),
        ('x = """\n[a]\nb = 2\n"""\n[a]\nb = 1', "a.b", 6),
        ("x = [\n  1, # ]\n  2,\n]\ny = 1", "y", 5),
        ('x = "[a]"\n[ a . b ] # c\nd = 1', "a.b.d", 3),
        ("[[a]]\nb = 1", "a.b", 2),
        ("x = '\u2028'\ny = 1", "y", 2),
    ],
)
def test_each_key_has_its_line(text: str, key: str, line: int) -> None:
    assert find_lines(text)[key] == line


@pytest.mark.parametrize(
    "text",
    ['"a.b" = 1\n[a]\nb = 1', "[x]\na.b = [" + "\n" * 300 + "]", '"a.b" = 1\na.b = 1'],
)
def test_ambiguous_keys_have_no_line(text: str) -> None:
    assert "a.b" not in find_lines(text)
    assert "x.a.b" not in find_lines(text)
