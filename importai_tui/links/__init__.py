"""What an address is: whether it may be opened, its host, its kind, the work that it leads to. Pure."""

from importai_tui.links.addresses import host_of, tidy, untracked
from importai_tui.links.issues import ISSUE_NUMBER, is_issue, issue_number
from importai_tui.links.junk import is_junk
from importai_tui.links.kinds import kind_of
from importai_tui.links.vetting import LONGEST_ADDRESS, vetted
from importai_tui.links.works import work_id

__all__ = [
    "ISSUE_NUMBER",
    "LONGEST_ADDRESS",
    "host_of",
    "is_issue",
    "is_junk",
    "issue_number",
    "kind_of",
    "tidy",
    "untracked",
    "vetted",
    "work_id",
]
