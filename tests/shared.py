"""Where the real issues lie that tests may read, and how a test does without them."""

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
    """Every issue of the corpus and every seed, in each form that is read; empty where they are absent."""
    kept = [p for name in ("markdown", "pages", "text", "wordpress") for p in sorted((CORPUS / name).glob("*.*"))]
    return kept + sorted(SEEDS.glob("*.txt"))
