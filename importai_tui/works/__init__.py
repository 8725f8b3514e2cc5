"""Cited works: their titles and metadata, how a list of them is filtered, and citation formats."""
