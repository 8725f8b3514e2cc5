"""importai-tui: a terminal reader for the Import AI newsletter that knows its stories."""

__version__ = "0.2.0"
