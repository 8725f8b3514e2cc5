r"""Formats the TeX in titles, names and abstracts as text: formulas, accents, commands for styles.

arXiv keeps such TeX in its metadata (https://info.arxiv.org/help/prep.html), and so do many copies of it.
"""

from __future__ import annotations

import re
import unicodedata

from importai_tui.parse.math_text import format_latex

_MAX_FORMULA = 1_000
"""Characters of a formula; a longer one stays as it is. Keeps the time linear."""
_DISPLAY = rf"\$\$([^$]{{1,{_MAX_FORMULA}}})\$\$"
_INLINE = rf"\$(?=\S)([^$]{{1,{_MAX_FORMULA}}})(?<=\S)\$"
_PARENTHESES = rf"\\\(((?:[^\\]|\\(?![()])){{1,{_MAX_FORMULA}}})\\\)"
_BRACKETS = rf"\\\[((?:[^\\]|\\(?![\[\]])){{1,{_MAX_FORMULA}}})\\\]"
_FORMULA = re.compile("|".join((_DISPLAY, _INLINE, _PARENTHESES, _BRACKETS)))
_MATHEMATICAL = re.compile(r"[\\^_{}=<>+|]")
_WORD = re.compile(r"[A-Za-z]{3}")
"""A word, as between two dollar signs in prose: "$HOME/$USER"."""
_OPERATOR_NAME = re.compile(
    r"\\(log|ln|exp|sin|cos|tan|tanh|min|max|sup|inf|lim|arg|argmin|argmax|det|dim|ker|deg|gcd|mod|Pr|ell)(?![A-Za-z])"
)
_SPACING = re.compile(r"\\(?:[,;:!> ]|quad\b|qquad\b)")
_SPACE_IN_BRACKET = re.compile(r"([(\[⟨|]) ")
_ESCAPED_SIGN = re.compile(r"\\([%&_#${}])")
_MORE_SYMBOLS = {
    "varepsilon": "ε", "varphi": "φ", "ll": "≪", "gg": "≫", "lesssim": "≲", "gtrsim": "≳", "mid": "|",
    "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|",
    "Vert": "‖", "circ": "°", "degree": "°", "otimes": "⊗", "oplus": "⊕", "ast": "*", "star": "⋆", "equiv": "≡",
    "setminus": "∖", "emptyset": "∅", "mu": "μ",
}  # fmt: skip
"""Commands that abstracts have and `format_latex` does not know."""
_MORE_COMMAND = re.compile(rf"\\({'|'.join(_MORE_SYMBOLS)})(?![A-Za-z])")
_STYLE_COMMAND = re.compile(
    r"\\(?:emph|text(?:it|bf|sc|tt|rm|sf|sl)?|mbox|underline|url|mathrm|mathbf|mathit|mathcal|mathbb|mathsf|ensuremath)"
    r"\s*\{([^{}]*)\}"
)
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_CITATION = re.compile(r"~?\\(?:cite[a-z]*|footnote|label|ref)\s*\{[^{}]*\}")
_BRACED_STYLE = re.compile(r"\{\\(?:it|bf|em|sc|tt|rm|sl)\s([^{}]*)\}")
_QUOTED = re.compile(r"``([^`'\n]{1,300})''")
_EM_DASH, _EN_DASH = re.compile(r"(?<=[\w,)\"” ])---(?=[\w(\"“ ])"), re.compile(r"(?<=\w)--(?=\w)")
_TIE = re.compile(r"(?<=[\w.])~(?=[\w\\$(])")
_COMBINING = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_ACCENT = re.compile(r"\{?\\(?:([\'`^\"~=.])\s?\{?(\\?[A-Za-z])\}?|([uvHckr])(?:\{(\\?[A-Za-z])\}| (\\?[A-Za-z])))\}?")
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł",
            "L": "Ł", "i": "ı", "j": "ȷ"}  # fmt: skip
_LETTER = re.compile(
    r"\{\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i)\}|\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i)(?:\{\}|(?![A-Za-z]) ?)"
)


def format_tex(text: str) -> str:
    r"""Return a text with its formulas and commands as readable text: "$O(n^2)$ \emph{time}" as "O(n²) time"."""
    if "$" in text or "\\" in text:
        text = format_formulas(text)
        if "\\" in text:
            text = _format_commands(text)
    if "``" in text:
        text = _QUOTED.sub("“\\1”", text)
    if "--" in text:
        text = _EN_DASH.sub("–", _EM_DASH.sub("—", text))
    return _TIE.sub(" ", text) if "~" in text else text


def format_formulas(text: str) -> str:
    """Return a text with its formulas as readable text; everything else stays."""
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return text
    return _FORMULA.sub(_format_match, text)


def _format_match(match: re.Match[str]) -> str:
    source = next(group for group in match.groups() if group is not None)
    if match[2] is not None and _is_prose(source, match.string[match.end() : match.end() + 1]):
        return match[0]
    source = _OPERATOR_NAME.sub(lambda found: "ℓ" if found[1] == "ell" else f" {found[1]} ", source)
    source = _MORE_COMMAND.sub(lambda found: _MORE_SYMBOLS[found[1]], _SPACING.sub(" ", source))
    return _SPACE_IN_BRACKET.sub(r"\1", _ESCAPED_SIGN.sub(r"\1", format_latex(source)))


def _is_prose(source: str, after: str) -> bool:
    """Return True for the text between two dollar signs that start no formula: "$5-$10", "$HOME/$USER"."""
    return "\\" not in source and (after.isdigit() or (bool(_WORD.search(source)) and not _MATHEMATICAL.search(source)))


def _format_commands(text: str) -> str:
    text = _LETTER.sub(lambda match: _LETTERS[match[1] or match[2]], _ACCENT.sub(_combine, text))
    text = _HREF.sub(r"\2 (\1)", _CITATION.sub("", text))
    for _ in range(2):  # one style inside another
        text = _BRACED_STYLE.sub(r"\1", _STYLE_COMMAND.sub(r"\1", text))
    return _ESCAPED_SIGN.sub(r"\1", text)


def _combine(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[3], (match[2] or match[4] or match[5]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + _COMBINING[accent])
