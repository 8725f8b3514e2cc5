"""How the footer shows a background job."""

from __future__ import annotations

from importai_tui.sync.progress import Progress
from importai_tui.tui.job_status import JobKind, JobStatus, describe_job
from tests.tui.widgets.test_footer import PROGRESS, draw_line


def test_only_jobs_with_a_known_end_have_bars() -> None:
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack")) == JobStatus(text="checking for issues…")
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3)) == JobStatus(text="3 new")
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3, note="wait")) == JobStatus(text="wait")
    assert describe_job(JobKind.NEW_ISSUES, PROGRESS) == JobStatus(progress=PROGRESS)
    assert describe_job(JobKind.BACKFILL, Progress("mirror")).progress == Progress(
        "mirror", title="checking for issues…"
    )


def test_a_rebuild_without_work_shows_nothing() -> None:
    assert describe_job(JobKind.REBUILD, Progress("")) == JobStatus()
    assert describe_job(JobKind.REBUILD, Progress("", 1, 2)) == JobStatus(text="updating issues 1/2")


def test_a_job_that_is_stopping_shows_it() -> None:
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3), stopping=True) == JobStatus(
        text="stopping…"
    )
    bar = describe_job(JobKind.BACKFILL, PROGRESS, stopping=True).progress
    assert bar
    assert "stopping…" in draw_line(80, bar)
