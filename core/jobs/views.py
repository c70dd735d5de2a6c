"""Long work over HTTP: asked for in the rooms, looked at here until it is done."""

from typing import Any

from core.api.access import Acting, access, now
from core.api.blueprint import ROOT, ApiBlueprint
from core.api.paging import page
from core.jobs.models import Job
from core.jobs.schemas import JobPageSchema, JobQuery, JobSchema
from core.jobs.services import cancel_job, find_job, jobs_query
from tenants.people.rights import Right

jobs = ApiBlueprint("jobs", __name__, "/jobs", "后台任务")


Accepted = tuple[Job, int, dict[str, str]]
"""A job, and where it is looked at."""


def accepted(job: Job) -> Accepted:
    """The answer to a request for long work, by a view that is said to give 202 and a `JobSchema`."""
    return job, 202, {"Location": f"{ROOT}/jobs/{job.id}"}


@jobs.get("")
@access(Right.PLANS_READ)
@jobs.arguments(JobQuery, location="query")
@jobs.response(200, JobPageSchema)
def all_jobs(acting: Acting, asked: dict[str, Any]) -> Any:
    """后台任务，最近的在前；可只看某一状态的。"""
    query = jobs_query(acting.session, acting.principal.grants, asked["state"])
    found = page(acting.session, query.add_columns(Job.id), (Job.id,), asked, falling=True)
    return {"items": [row[0] for row in found.items], "next": found.next}


@jobs.get("/<int:job>")
@access(Right.PLANS_READ)
@jobs.response(200, JobSchema)
def one_job(acting: Acting, job: int) -> Any:
    """一个后台任务：进度；完成后的结果，或未完成的原因。"""
    return find_job(acting.session, job, acting.principal.grants)


@jobs.delete("/<int:job>")
@access(Right.PLANS_READ)
@jobs.response(204)
def cancel(acting: Acting, job: int) -> None:
    """取消尚未开始的后台任务。"""
    cancel_job(acting.session, job, now(), acting.principal.grants)
