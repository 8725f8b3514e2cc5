"""The cache of parsed issues, their stories, the full-text index and the relations between stories. It can be rebuilt.

The package knows nothing of the reading state.
"""
