"""Drafts: every task beside its source, what a person should look at, and questions on two readings of a list."""

import re

import pytest

TEXT = """2024年示例区政务公开工作要点
一、信息公开
(一)编制目录。编制并公布目录，于3月31日前完成。每季度通报一次，全年不少于4次。(责任单位:区财政局、区教育局)
(二)做好解读。做好政策解读，收到来信5个工作日内答复。(责任单位:区财政局和市场监管所)
(三)邀请代表列席会议。二季度前邀请代表列席会议。(责任单位:区政府办公室牵头区司法局)
(四)优化<b>专栏</b>。持续优化专栏设置。(责任单位:干部和人才处)
(五)做好培训。7月15日组织培训。(责任单位:市场处和人才处)
"""


@pytest.fixture
def plan(cli, add_tenant, tmp_path):
    """Imports the document, of another year on request; returns the answer."""
    add_tenant("t")

    def give(year=2024):
        path = tmp_path / f"{year}.txt"
        path.write_text(TEXT.replace("2024", str(year)), encoding="utf-8")
        return cli.json("plan", "import", path, "--tenant", "t")

    return give


@pytest.fixture
def views(cli):
    return lambda *options: cli.json("plan", "draft", "--tenant", "t", *options)["tasks"]


def test_a_draft_shows_each_task_beside_its_source(plan, views):
    plan()
    first, second, *_ = views()
    assert [(piece["mark"], piece["text"]) for piece in first["source"]] == [
        ("", "编制目录。编制并公布目录，于"),
        ("deadlines", "3月31日前"),
        ("", "完成。"),
        ("cadence", "每季度"),
        ("", "通报一次，全年"),
        ("quotas", "不少于4次"),
        ("", "。"),
        ("units", "(责任单位:区财政局、区教育局)"),
    ]
    assert {field["level"] for field in first["fields"].values()} == {"certain"}
    assert ("working_day_limits", "5个工作日内") in [(piece["mark"], piece["text"]) for piece in second["source"]]


def test_what_is_doubtful_can_be_asked_for(cli, plan, views):
    plan()
    doubtful = views("--doubtful")
    assert [view["no"] for view in doubtful] == ["一(三)", "一(五)"]
    third, fifth = (view["fields"] for view in doubtful)
    assert [(why["code"], why["text"]) for why in third["units"]["why"]][1] == ("verb", "区政府办公室牵头区司法局")
    assert third["deadlines"]["why"][0]["code"] == "no_day"
    assert fifth["deadlines"]["why"][0] == {
        "code": "leftover",
        "level": "doubtful",
        "reason": "这里有没有看懂的文字：出现了日期，但没有写明是不是完成时限",
        "text": "7月15日",
    }
    row = doubtful[0]["rows"][0]["row"]
    assert [view["no"] for view in views("--task", row)] == ["一(三)"]
    assert "row_unknown" in cli("plan", "draft", "--task", "nobody", "--tenant", "t").err


def test_as_text(cli, plan):
    plan()
    text = cli.ok("plan", "draft", "--tenant", "t")
    assert "图例：⟦单位⟧ ⟦时限⟧ ⟦工作日⟧ ⟦数量⟧ ⟦周期⟧ ⟦没有看懂⟧" in text
    assert "于⟦时限 3月31日前⟧完成。⟦周期 每季度⟧通报一次" in text
    assert "责任单位：区财政局、区教育局　[确定] 写在“责任单位”之后" in text
    assert "完成时限：二季度前　[请核对] 这一时限无法换算为日期" in text
    assert "共 5 项任务，2 项有存疑之处。" in text


def test_what_a_person_wrote_is_no_doubt_any_more(cli, plan, views):
    plan()
    row = views("--doubtful")[0]["rows"][0]["row"]
    cli.ok("unit", "add", "区民政局", "--tenant", "t")
    cli.ok("task", "set", row, "deadline=6月底前", "unit=区民政局", "--tenant", "t")
    assert [view["no"] for view in views("--doubtful")] == ["一(五)"]
    fields = views()[2]["fields"]
    assert [fields[name]["why"][0]["code"] for name in ("units", "deadlines")] == ["by_hand", "by_hand"]


def test_doubts_go_with_the_part_of_a_split_in_which_they_stand(cli, plan, views):
    plan()
    row = next(view for view in views() if view["no"] == "一(五)")["rows"][0]["row"]
    cli.ok("task", "split", row, "--at", "7月15日", "--tenant", "t")
    levels = {view["no"]: view["fields"]["deadlines"]["level"] for view in views()}
    assert (levels["一(五)"], levels["一(五)#2"]) == ("certain", "doubtful")


def test_a_difference_from_an_attachment_marks_no_words(cli, add_tenant, views, tmp_path):
    add_tenant("t")
    paper, table = tmp_path / "要点.txt", tmp_path / "分解表.txt"
    paper.write_text("2026年示例要点\n一、公开\n(一)更新目录。6月底前更新目录。(责任单位:甲处)\n", encoding="utf-8")
    table.write_text("序号\t工作任务\t责任单位\n1\t更新目录。6月底前更新目录。\t乙处\n", encoding="utf-8")
    cli.ok("plan", "import", paper, table, "--tenant", "t")
    (view,) = views()
    assert view["fields"]["units"]["level"] == "doubtful"
    (why,) = (why for why in view["fields"]["units"]["why"] if why["level"] == "doubtful")
    assert (why["code"], why["reason"][:12]) == ("attached", "与附件不一致：附件写的责")
    assert [piece["mark"] for piece in view["source"]] == ["", "deadlines", "", "units"]


def test_a_task_that_an_attachment_lacks_shows_as_a_doubt(cli, add_tenant, views, tmp_path):
    add_tenant("t")
    paper, table = tmp_path / "要点.txt", tmp_path / "分解表.txt"
    tasks = "(一)更新目录。6月底前更新目录。(责任单位:甲处)\n(二)做好培训。组织业务培训。(责任单位:乙处)\n"
    paper.write_text(f"2026年示例要点\n一、公开\n{tasks}", encoding="utf-8")
    table.write_text("序号\t工作任务\t责任单位\n1\t更新目录。6月底前更新目录。\t甲处\n", encoding="utf-8")
    cli.ok("plan", "import", paper, table, "--tenant", "t")
    (view,) = views("--doubtful")
    assert (view["no"], view["fields"]["text"]["level"]) == ("一(二)", "doubtful")
    text = cli.ok("plan", "draft", "--tenant", "t")
    assert "任务内容：见原文　[请核对] 与附件不一致：附件的表格中没有这一项" in text
    assert text.count("任务内容") == 1


# ---------------------------------------------------------------- two readings of a list


@pytest.fixture
def asked(cli):
    return lambda: {
        one["key"]: (one["code"], [option["value"] for option in one["options"]])
        for one in cli.json("unit", "answer", "--tenant", "t")["questions"]
    }


@pytest.fixture
def laid(cli):
    """Who carries a task of the newest plan."""
    return lambda no: [row["unit"] for row in cli.json("plan", "show", "--tenant", "t")["rows"] if row["no"] == no]


def test_two_readings_of_a_list_are_asked_about(plan, asked):
    plan()
    found = asked()
    assert found["干部和人才处"] == ("unit_reading", ["干部、人才处", "new"])
    assert found["市场处和人才处"] == ("unit_reading", ["市场处、人才处", "new"])
    assert "区财政局和市场监管所" not in found  # 区财政局 stands alone elsewhere


@pytest.mark.parametrize(
    ("name", "no", "answer", "units"),
    [
        ("干部和人才处", "一(四)", "new", ["干部和人才处"]),
        ("干部和人才处", "一(四)", "干部、人才处", ["干部", "人才处"]),
        ("市场处和人才处", "一(五)", "new", ["市场处和人才处"]),
        ("市场处和人才处", "一(五)", "市场处、人才处", ["市场处", "人才处"]),
    ],
)
def test_an_answer_is_carried_out_and_remembered(cli, plan, asked, laid, name, no, answer, units):
    plan()
    cli.ok("unit", "answer", f"{name}={answer}", "--tenant", "t")
    assert name not in asked()
    assert laid(no) == units
    plan(2025)
    assert name not in asked()
    assert laid(no) == units
    cli.ok("unit", "answer", f"{name}={answer}", "--tenant", "t")  # once more changes nothing
    assert laid(no) == units


def test_an_answer_keeps_what_was_reported(cli, plan, laid):
    plan()
    row = next(r for r in cli.json("plan", "show", "--tenant", "t")["rows"] if r["unit"] == "市场处")
    cli.ok("task", "set", row["row"], "progress=已排期", "--tenant", "t")
    cli.ok("unit", "answer", "市场处和人才处=new", "--tenant", "t")
    after = next(r for r in cli.json("plan", "show", "--tenant", "t")["rows"] if r["row"] == row["row"])
    assert (after["unit"], after["progress"]) == ("市场处和人才处", "已排期")


# ---------------------------------------------------------------- the page


@pytest.fixture
def page(runtime):
    return lambda address="": runtime.served.test_client().get(f"/t/t/draft{address}").get_data(as_text=True)


def test_the_page_marks_and_escapes(plan, page):
    plan()
    html = page()
    assert '于<mark class="read read-deadlines" title="时限">3月31日前</mark>完成' in html
    assert "优化&lt;b&gt;专栏&lt;/b&gt;" in html
    assert not re.search(r"<script|<b>|style=|\son\w+=", html)
    assert html.count('<section class="card') == 5
    assert page("?doubtful=1").count('<section class="card') == 2


def test_the_page_of_a_plan_that_is_not_the_newest(runtime, plan, page):
    ids = {year: plan(year)["id"] for year in (2023, 2024)}
    assert '<h1 class="h4">2024年' in page()
    html = page(f"?plan={ids[2023]}")
    assert '<h1 class="h4">2023年' in html
    others = re.findall(r'href="/t/t/draft([^"]*)"', html)
    assert others  # the doubtful ones of this plan, not of the newest
    assert all('<h1 class="h4">2023年' in page(one.replace("&amp;", "&")) for one in others)
    for wrong in ("999", "0", "", "-1", "1.0", "²", "9" * 5000):
        assert runtime.served.test_client().get("/t/t/draft", query_string={"plan": wrong}).status_code == 404


def test_the_page_of_the_tenant_leads_there(runtime, plan, page, add_tenant):
    plan()
    assert 'href="/t/t/draft"' in runtime.served.test_client().get("/t/t/").get_data(as_text=True)
    add_tenant("u")
    empty = runtime.served.test_client().get("/t/u/draft")
    assert empty.status_code == 200
    assert "还没有年度工作要点" in empty.get_data(as_text=True)
