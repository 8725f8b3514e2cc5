"""The help topics: pages of Markdown, their tables of keys and settings made when a page is asked for.

This room knows no screen and no database; what is set on this machine is not looked at.
"""

from importai_tui.manual.text import topic_text
from importai_tui.manual.topics import TOPICS, Topic, nearest, topic

__all__ = ["TOPICS", "Topic", "nearest", "topic", "topic_text"]
