"""The five agencies' documents against their hand-made truth, field by field. Needs the folder in ZWGK_CORPUS."""

import json
import os
import re
import unicodedata
from pathlib import Path

import pytest

from core.decompose.decompose import decompose
from core.documents.reader import read_document

CORPUS = os.environ.get("ZWGK_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="ZWGK_CORPUS is not set: the agencies' documents are not here")

# Facts a person adds from knowledge of the world; everything else in the truth is checked.
NOT_IN_THE_TEXT = {"based_on": {"jiading-2023"}}
META = (
    "title",
    "page_title",
    "issuing_agency",
    "issuing_agency_full",
    "doc_number",
    "index_number",
    "openness",
    "issue_date",
    "issue_date_as_written",
    "published_at",
    "year",
    "addressees",
    "approved_at",
    "attachment",
    "embedded_table",
    "unit_label",
    "based_on",
)


def squeezed(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))


def truths():
    path = Path(CORPUS) / "truth.json" if CORPUS else None
    return json.loads(path.read_text("utf-8"))["documents"] if path else []


@pytest.fixture(params=truths(), ids=lambda doc: doc["id"])
def pair(request):
    text = read_document(Path(CORPUS) / request.param["file"]).text
    return request.param, decompose(text), text


def test_numbers_sections_titles_in_order(pair):
    truth, draft, _ = pair
    want = [(task["no"], squeezed(task["section"]), squeezed(task["title"])) for task in truth["tasks"]]
    assert [(task.no, squeezed(task.section), squeezed(task.title)) for task in draft.tasks] == want


def test_stretches_begin_end_and_measure_as_in_the_truth(pair):
    truth, draft, text = pair
    for want, task in zip(truth["tasks"], draft.tasks, strict=True):
        assert task.text == text[task.source.start : task.source.end]
        plain = squeezed(task.text)
        assert plain.startswith(squeezed(want["text_head"])), task.no
        assert plain.endswith(squeezed(want["text_tail"])), task.no
        assert len(re.sub(r"\s+", "", task.text)) == want["text_chars"], task.no
        if "text" in want:
            assert plain == squeezed(want["text"]), task.no


def test_units_lead_and_inheritance(pair):
    truth, draft, _ = pair
    for want, task in zip(truth["tasks"], draft.tasks, strict=True):
        assert [squeezed(name) for name in task.unit_names] == [squeezed(name) for name in want["units"]], task.no
        assert task.lead_unit == want.get("lead_unit"), task.no
        assert task.inherited == want.get("units_inherited", False), task.no


@pytest.mark.parametrize("field", ["deadlines", "quotas", "cadence", "cadence_soft", "working_day_limits"])
def test_phrases_as_written_in_order(pair, field):
    truth, draft, text = pair
    for want, task in zip(truth["tasks"], draft.tasks, strict=True):
        found = getattr(task, field)
        assert [squeezed(item.text) for item in found] == [squeezed(one) for one in want.get(field, [])], task.no
        assert all(item.text == text[item.source.start : item.source.end] for item in found)


def test_part_heads(pair):
    truth, draft, _ = pair
    for want, task in zip(truth["tasks"], draft.tasks, strict=True):
        if "part_head" in want:
            assert squeezed(task.part_head).startswith(squeezed(want["part_head"])), task.no


def test_triggers_of_working_days(pair):
    truth, draft, _ = pair
    told = 0
    for want, task in zip(truth["tasks"], draft.tasks, strict=True):
        for words, limit in zip(want.get("wd_triggers", []), task.working_day_limits, strict=True):
            told += limit.trigger is not None
            # the truth explains some triggers in its own words; ours are only those that the text spells out
            assert limit.trigger is None or limit.trigger in words or words.startswith("网上"), (task.no, limit.trigger)
    triggers = [words for want in truth["tasks"] for words in want.get("wd_triggers", [])]
    assert told or not triggers


def test_every_deadline_has_a_day_and_every_quota_a_number(pair):
    _, draft, _ = pair
    for task in draft.tasks:
        assert all(item.due for item in task.deadlines), task.no
        assert all(item.number > 0 and item.unit for item in task.quotas), task.no
        assert all(item.days > 0 for item in task.working_day_limits), task.no


def test_non_tasks(pair):
    truth, draft, _ = pair
    want = [(item["no"], squeezed(item["section"]), squeezed(item["title"])) for item in truth["non_tasks"]]
    assert [(item.no, squeezed(item.section), squeezed(item.title)) for item in draft.non_tasks] == want


@pytest.mark.parametrize("field", META)
def test_meta(pair, field):
    truth, draft, _ = pair
    if truth["id"] in NOT_IN_THE_TEXT.get(field, ()):
        pytest.skip("the truth paraphrases what the text does not quote")
    if field not in truth["meta"]:
        return
    want, got = truth["meta"][field], draft.as_json()["meta"][field]
    if isinstance(want, str):
        assert squeezed(got) == squeezed(want)
    else:
        assert (got or None) == want
