"""Texts that users read avoid words and turns of phrase that made native speakers stumble."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).parent.parent
PACKAGE = PROJECT_ROOT / "importai_tui"
DOCUMENTS = (
    PROJECT_ROOT / "README.md",
    *sorted((PACKAGE / "manual").glob("*.md")),
    *sorted(PACKAGE.glob("guide/*.html")),
)

REPLACEMENTS = {
    r"tak(?:e|es|en|ing) (?:\w+ ){0,3}away|took (?:\w+ ){0,3}away": ("remove, delete", "Take the star away"),
    r"put(?:s|ting)? (?:\w+ )?away": ("close, hide", "puts them away"),
    r"leaves? (?:\w+ )?away": ("omit, leave out", "leaves it away"),
    r"once more|begin(?:s|ning)? anew": ("again", "is asked once more"),
    r"(?:br(?:ing|ings|inging)|brought) (?:\w+ ){0,3}in\b": ("download, import", "Bring in what is new"),
    r"com(?:e|es|ing) in\b": ("download, arrive", "while they come in"),
    r"(?:passed|passes|passing|pass) over\b": ("skip", "2 posts passed over"),
    r"\bmend(?:s|ing)?\b": ("repair, fix", "Mend what can be mended"),
    r"\blacks?\b": ("does not have, is missing", "numbers that the archive lacks"),
    r"\b(?:is|are|be|not) told\b|\btold by\b|\bspeaks? of\b|said nowhere|not said\b": (
        "name the subject",
        "is told in a line",
    ),
    r"(?<!there )\bis no (?!longer\b|more\b)\w+": ("is not a …, unknown …", "lst is no command"),
    r"\b(?:as|what|where|when|how) one (?:has|is|was|\w+s)\b": ("you", "where one has left off"),
    r"\bone's\b|\boneself\b": ("your, yourself", "one's own keys"),
    r"\bso many\b|\bthe best first\b|\bto be rid of\b": ("a number, best match first", "the best first"),
    r"\bnarrow(?:s|ed|ing)? (?:to|it|the)\b": ("filter", "narrows it"),
    r"\bwalks? (?:round|through)\b|\bround and round\b": ("move, cycle", "walks round the panes"),
    r"\blet(?:s)? this do so\b|\bnone of them need\b": ("say what to run", "none of them need exist"),
    r"\btakes? (?:\w+ )?(?:apart|out)\b": ("split, export", "Take out what you did"),
    r"\bturns? (?:it |them |this )?round\b": ("toggle, reverse", "turns it round"),
    r"\bholds? from now\b|\bwhat holds\b": ("takes effect, the settings in effect", "What holds"),
    r"\bnot? here\b(?=[.:])": ("isn't in your archive", "Not here: 470"),
}
"""Patterns that must not come back, each with what to write instead and an old text that it finds."""


@cache
def list_user_texts() -> list[tuple[str, str]]:
    """Return the place and the text of each string constant with a space, and of each line of the documents."""
    found: list[tuple[str, str]] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped = {id(value) for value in find_unshown_strings(tree)}
        found += [
            (f"{path.relative_to(PROJECT_ROOT)}:{node.lineno}", node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped
        ]
    for path in DOCUMENTS:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [(f"{path.relative_to(PROJECT_ROOT)}:{number}", line) for number, line in enumerate(lines, 1)]
    return [(place, text) for place, text in found if " " in text]


def find_unshown_strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield docstrings and SQL. The docstring of a click command is its help text, so users read it."""
    for node in ast.walk(tree):
        is_command = isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(d) for d in node.decorator_list)
        for statement in getattr(node, "body", ()) if isinstance(getattr(node, "body", None), list) else ():
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Expr) and isinstance(value, ast.Constant) and not is_command:
                yield value
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        texts = [part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if any(re.search(r"\b(?:SELECT|CREATE|INSERT|UPDATE|ALTER|EXISTS)\b", str(part.value)) for part in texts):
            yield from texts


@pytest.mark.parametrize("pattern", REPLACEMENTS)
def test_user_texts_avoid_old_phrases(pattern: str) -> None:
    regex = re.compile(pattern, re.IGNORECASE)
    found = [f"{place}: {match[0]}" for place, text in list_user_texts() for match in regex.finditer(text)]
    instead, old_text = REPLACEMENTS[pattern]
    assert not found, f"Write instead: {instead}"
    assert regex.search(old_text), "the pattern finds nothing"


def test_texts_of_all_kinds_are_read() -> None:
    places = {place.partition(":")[0] for place, text in list_user_texts() if "download" in text.lower()}
    kinds = ("README.md", "importai_tui/manual/sync.md", "importai_tui/guide/3.html", "importai_tui/keymap/commands.py")
    assert places.issuperset(kinds)
    assert any(text.startswith("Download new issues.\n") for _, text in list_user_texts()), "the help of a command"
