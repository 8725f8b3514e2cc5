"""Formats MathML and LaTeX as one line of text, with `^` and `_` where Unicode has no raised or lowered sign."""

from __future__ import annotations

import re
import unicodedata

from importai_tui.parse.elements import Element

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_DROP_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
"""Removes function application, invisible times, separator and plus."""
_OPERATOR = re.compile(r"[\s+\-−=*/,·×]")
_ANNOTATIONS = ("annotation", "annotation-xml", "mphantom")


def raise_text(text: str) -> str:
    """Return an exponent: raised signs ("²⁶"), else with a caret ("^k", "^(k+1)")."""
    return _shift(text, _RAISED, "^")


def lower_text(text: str) -> str:
    """Return an index: lowered signs ("₂"), else with an underscore ("_max", "_(i,j)")."""
    return _shift(text, _LOWERED, "_")


def _shift(text: str, signs: dict[int, int], mark: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if all(ord(character) in signs for character in text):
        return text.translate(signs)
    return f"{mark}{text}" if text.isalnum() else f"{mark}({text})"


def format_mathml(tag: Element) -> str:
    """Return an element of MathML as text. Unknown elements give the text inside."""
    name = str(tag.tag).rpartition(":")[2].lower()
    if name in _ANNOTATIONS:
        return ""
    children = [format_mathml(child) for child in tag]
    match name, children:
        case "msup" | "mover", [base, exponent]:
            return base + raise_text(exponent)
        case "msub" | "munder", [base, index]:
            return base + lower_text(index)
        case "msubsup" | "munderover", [base, index, exponent]:
            return base + lower_text(index) + raise_text(exponent)
        case "mfrac", [above, below]:
            return f"{_group(above)}/{_group(below)}"
        case "msqrt", _:
            return _root("".join(children))
        case "mroot", [base, degree]:
            return raise_text(degree) + _root(base)
        case "mtr", _:
            return " ".join(children) + "; "
        case _:
            parts = [tag.text or "", *(text + (child.tail or "") for text, child in zip(children, tag, strict=True))]
            return " ".join("".join(parts).translate(_DROP_INVISIBLE).split())


def _group(text: str) -> str:
    """Return a part of a fraction, in parentheses if it has an operator."""
    return f"({text})" if _OPERATOR.search(text) else text


def _root(text: str) -> str:
    return f"√{text}" if len(text) == 1 or text.isdigit() else f"√({text})"


_SYMBOLS = {
    "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "times": "×", "cdot": "·", "pm": "±", "le": "≤", "leq": "≤",
    "ge": "≥", "geq": "≥", "neq": "≠", "approx": "≈", "sim": "∼", "propto": "∝", "to": "→", "rightarrow": "→",
    "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃", "partial": "∂", "nabla": "∇",
    "ldots": "…", "dots": "…", "cdots": "…", "left": "", "right": "", "quad": " ", "qquad": " ",
}  # fmt: skip
"""Frequent commands of LaTeX. Greek letters are found by their Unicode names."""
_LATEX_DELIMITERS = re.compile(r"^\s*(?:\\[(\[]|\${1,2})|(?:\\[)\]]|\${1,2})\s*$")
_LATEX_GROUP = r"(?:\{([^{}]*)\}|(\w))"
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_STYLE = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mathcal|mathbb|operatorname|hat|bar|tilde)\s*\{([^{}]*)\}")
_SHIFT = re.compile(rf"([\^_]){_LATEX_GROUP}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_MAX_LATEX_PASSES = 6
"""Nesting of groups that is resolved. Deeper ones stay as LaTeX."""


def format_latex(source: str) -> str:
    r"""Return LaTeX as readable text: "\frac{x_i^2}{2}" as "x_i²/2". Unknown commands stay as they are."""
    text = _LATEX_DELIMITERS.sub("", source)
    for _ in range(_MAX_LATEX_PASSES):
        before = text
        text = _STYLE.sub(r"\1", text)
        text = _SHIFT.sub(
            lambda m: (raise_text if m[1] == "^" else lower_text)(_replace_commands(m[2] or m[3] or "")), text
        )
        text = _FRACTION.sub(lambda m: f"{_group(m[1].strip())}/{_group(m[2].strip())}", text)
        text = _ROOT.sub(lambda m: _root(m[1].strip()), text)
        if text == before:
            break
    return " ".join(_replace_commands(text).split())


def _replace_commands(text: str) -> str:
    return _COMMAND.sub(lambda match: _find_symbol(match[1]) or match[0], text)


def _find_symbol(name: str) -> str | None:
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return None
