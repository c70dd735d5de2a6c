"""The unit directory over HTTP."""

import pytest

from tests.support.agency import Program


@pytest.fixture(scope="module")
def office(site):
    return Program(site.app, "a", "office")


def unit_of(caller, name):
    return next(unit for unit in caller.get("/units") if unit["name"] == name)


def patched(caller, number, content):
    tag = caller.ask("GET", f"/units/{number}").headers["ETag"]
    return caller.ask("PATCH", f"/units/{number}", json=content, headers={"If-Match": tag})


def test_a_unit_is_changed_by_its_version(site, office):
    group = office.post("/units", 201, name="各科室", members=["甲法规处"])["id"]
    tag = office.ask("GET", f"/units/{group}").headers["ETag"]
    changed = patched(office, group, {"members": ["甲宣传处", "甲办公室"], "aliases": ["各个科室"]}).get_json()
    assert (changed["members"], changed["aliases"]) == (["甲宣传处", "甲办公室"], ["各个科室"])
    late = office.ask("PATCH", f"/units/{group}", json={"members": []}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert office.get(f"/units/{group}") == changed
    taken = patched(office, group, {"aliases": ["甲法规处"]})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "unit_exists")
    assert patched(office, group, {"kind": "unit"}).get_json()["code"] == "not_a_group"
    assert site.own.callers["unit_contact"].get(f"/units/{group}") == changed
    assert patched(site.own.callers["unit_contact"], group, {}).status_code == 403


def test_units_are_reorganised(office):
    old = [office.post("/units", 201, name=name)["id"] for name in ("甲一处", "甲二处")]
    merger = {"units": old, "into": ["甲综合处"], "since": "2024-03-01"}
    merged = office.post("/units/changes", **merger)
    assert [(one["successors"], one["since"]) for one in merged["units"]] == [(["甲综合处"], "2024-03-01")] * 2
    assert office.post("/units/changes", **merger)["changed"] is False
    cancelled = office.ask("DELETE", f"/units/{old[0]}/successors").get_json()
    assert (cancelled["id"], cancelled["successors"]) == (old[0], [])


def test_a_unit_is_removed_and_brought_back(office):
    number = office.post("/units", 201, name="误加处")["id"]
    assert office.ask("DELETE", f"/units/{number}").status_code == 204
    assert office.ask("GET", f"/units/{number}").status_code == 404
    told = [{"name": "误加处", "what": "returned", "fields": [], "stays": False}]
    assert office.post("/units/undo", dry_run=True) == told
    assert office.ask("GET", f"/units/{number}").status_code == 404
    assert office.post("/units/undo") == told
    assert office.get(f"/units/{number}")["name"] == "误加处"
    assert office.post("/units/undo", 422)["code"] == "unit_nothing_to_undo"
    used = office.ask("DELETE", f"/units/{unit_of(office, '甲法规处')['id']}")
    assert used.get_json()["code"] == "unit_in_use"


def test_a_directory_comes_from_a_file(office):
    file = office.bring("名录.csv", "单位名称,简称\n甲研究室,研究室\n甲法规处,法规\n".encode())
    before = office.get("/units")
    dry = office.done("/units/imports", file=file, dry_run=True)
    assert [(one["name"], one["what"]) for one in dry["changes"]] == [
        ("甲研究室", "added"),
        ("甲研究室", "aliases"),
        ("甲法规处", "settled"),
        ("甲法规处", "aliases"),
    ]
    assert office.get("/units") == before
    assert office.done("/units/imports", file=file)["changes"] == dry["changes"]
    assert unit_of(office, "甲法规处")["aliases"] == ["法规"]
    undone = {one["name"]: one["what"] for one in office.post("/units/undo")}
    assert undone == {"甲研究室": "removed", "甲法规处": "restored"}
    assert office.get("/units") == before
