"""What the newsletter calls the things that it cites. Pure: it reads stories and knows no archive and no screen."""

from importai_tui.citing.rows import Citation, citations
from importai_tui.citing.titles import titles
from importai_tui.citing.words import is_vague, split_source

__all__ = ["Citation", "citations", "is_vague", "split_source", "titles"]
