"""Tests of TeX in titles, names and abstracts."""

from __future__ import annotations

import pytest

from importai_tui.cards.tex import format_formulas, format_tex


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"in $O(n \log n)$ time", "in O(n log n) time"),
        (r"$\mathcal{O}(1/\varepsilon^2)$", "O(1/ε²)"),
        (r"$\sim$10 and 5$\times$ faster", "∼10 and 5× faster"),
        (r"$$x_1 + y$$ or \(a\) or \[b\]", "x₁ + y or a or b"),
        (r"\emph{soft} \textbf{bold {\it both}} \texttt{x\_y}", "soft bold both x_y"),
        (r"Schr\"odinger, \'{E}mile, na\"{\i}ve, Erd\H{o}s, {\o}re, \v{c}, stra\ss{}e", "Schrödinger, Émile, naïve, "
         "Erdős, øre, č, straße"),
        (r"``quoted'' pages 1--2, see Fig.~3", "“quoted” pages 1–2, see Fig. 3"),
        (r"as \cite{a,b} shows \href{https://a.org}{here} \url{https://b.org/~c}",
         "as  shows here (https://a.org) https://b.org/~c"),
        (r"95\% of \$5 \& more", "95% of $5 & more"),
        ("costs $5-$10, $5 and $6, $HOME/$USER --flag ~100", "costs $5-$10, $5 and $6, $HOME/$USER --flag ~100"),
    ],
)  # fmt: skip
def test_format_tex(source: str, text: str) -> None:
    assert format_tex(source) == text


def test_formulas_only() -> None:
    assert format_formulas(r"C:\new $x^2$ \emph{a}") == r"C:\new x² \emph{a}"


UNCLOSED = r"{\it" + " " * 400_000
"""If the work grew with the square of the text, this would take an hour."""


def test_an_unclosed_command_is_shown() -> None:
    assert format_tex(UNCLOSED) == UNCLOSED
