"""Paths of the real issues that tests may read, and marks that skip tests without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("IMPORTAI_TUI_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
SEEDS = CORPUS.parent / "seeds"
SHAPES = CORPUS.parent / "shapes"

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"no corpus of real issues beside the checkout ({CORPUS})"
)
needs_shapes = pytest.mark.skipif(not SHAPES.is_dir(), reason=f"no made-up payloads beside the checkout ({SHAPES})")


def list_documents() -> list[Path]:
    """Return every issue of the corpus in each format, and every seed; empty if they are missing."""
    issues = [p for name in ("markdown", "pages", "text", "wordpress") for p in sorted((CORPUS / name).glob("*.*"))]
    return issues + sorted(SEEDS.glob("*.txt"))
