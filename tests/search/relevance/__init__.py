"""Measures how often a search has a right story among its first results, on the shared corpus.

`python -m tests.search.relevance` prints the figures.
"""
