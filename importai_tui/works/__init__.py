"""The cited works as they go out: what is known of one offline, how a list of them is chosen, and how it is written.

It asks nobody: whoever holds works passes them in.
"""

from importai_tui.works.work import Work

__all__ = ["Work"]
