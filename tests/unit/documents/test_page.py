"""Web pages: what is text, what only leads elsewhere, and which tables are tables."""

from email.message import EmailMessage

import pytest

from core.documents import errors
from core.documents.page import archive_text, page_text


def read(body):
    return page_text(f"<html><meta charset=utf-8><body>{body}</body></html>".encode())[0]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<nav>x</nav>",
        "<footer>x</footer>",
        '<div class="top-nav">x</div>',
        '<div id="share">x</div>',
        '<p style="color:red;display: none">x</p>',
        "<p hidden>x</p>",
        "<!-- x -->",
        "<select><option>x</option></select>",
        '<li><a href="/x">x</a></li>',
        '<p>当前位置：<a href="/">首页</a> x</p>',
    ],
)
def test_what_is_no_text_of_the_document(inside):
    assert read(f"<p>前面的正文</p>{inside}<p>后面的正文</p>") == "前面的正文\n后面的正文"


def test_a_name_of_a_part_does_not_drop_the_document():
    assert read('<div class="nav-main"><p>正文一</p><p>正文二</p></div>') == "正文一\n正文二"


def test_links_to_attachments_and_in_sentences_stay():
    assert read('<p>附件：<a href="/f/a.docx?x=1">任务分解表</a></p>') == "附件：任务分解表"
    assert read('<p>按<a href="/1">《关于某项工作的通知》</a>办理。</p>') == "按《关于某项工作的通知》办理。"


def test_lines_break_where_a_browser_breaks_them():
    body = "<div>甲<b>乙</b>\n丙<br>丁<p>戊</p>己</div><pre>庚\n辛</pre><ul><li>一<li>二</ul>"
    assert read(body) == "甲乙 丙\n丁\n戊\n己\n庚\n辛\n一\n二"


def test_numbered_lists_count_where_the_text_has_no_number_itself():
    body = "<ol start=3><li>甲<ol type=a><li>乙</ol><li><p>丙</p><p>续</p></ol><ol><li>1．丁<li>（二）戊<li></ol>"
    body += "<ul><li>己</ul>"
    assert read(body).split("\n") == ["3. 甲", "a. 乙", "4. 丙", "续", "1．丁", "（二）戊", "己"]


def test_cells_that_cover_others():
    rows = (
        "<tr><th rowspan=2>领域</th><th colspan=2>单位</th></tr><tr><th>牵头</th><th>配合</th></tr>"
        "<tr><td rowspan=2>公开</td><td><p>甲处</p><p>乙处</p></td><td>丙处</td></tr><tr><td>丁处</td><td></td></tr>"
        "<tr><td colspan=3>小计</td></tr>"
    )
    expected = ["领域\t单位\t", "领域\t牵头\t配合", "公开\t甲处 乙处\t丙处", "公开\t丁处\t", "小计"]
    assert read(f"<table>{rows}</table>").split("\n") == expected


def test_links_in_cells_are_text():
    row = '<tr><td>1</td><td><a href="/x">某项任务</a></td></tr>'
    assert read(f"<table>{row}{row}</table>") == "1\t某项任务\n1\t某项任务"


def test_a_table_that_only_lays_out_the_page():
    inner = "<table><tr><td>1</td><td>甲</td></tr><tr><td>2</td><td>乙</td></tr></table>"
    column = f"<p>一、正文</p><p>（一）公开</p>{inner}"
    page = f"<table><tr><td>栏目</td><td>{column}</td></tr><tr><td></td><td>落款</td></tr></table>"
    assert read(page) == "栏目\n一、正文\n（一）公开\n1\t甲\n2\t乙\n落款"
    long = (
        "<table><tr><td>目录</td><td>说明</td></tr><tr><td><p>一、甲</p></td><td>"
        + "<p>长文</p>" * 1500
        + "</td></tr></table>"
    )
    assert read(long).startswith("目录\n说明\n一、甲\n长文\n长文")


def test_a_page_without_a_body_of_its_own():
    page = "<meta charset=utf-8><title>x</title><article>甲<section>乙</section></article>"
    assert page_text(page.encode())[0] == "甲\n乙"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "gbk"), ("gb2312", "gb18030"), ("utf-8", "utf-8"), ("utf-8", "gbk"), ("x-none", "utf-8"), ("", "gbk")],
)
def test_encodings_also_where_the_page_names_a_wrong_one(declared, encoding):
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared}"></head>镕基镇</html>'
    assert page_text(page.encode(encoding))[0] == "镕基镇"


def test_a_page_saved_as_one_file():
    message = EmailMessage()
    message.set_content("不看这里")
    message.add_alternative("<html><meta charset=utf-8><p>一、正文</p></html>", subtype="html")
    assert archive_text(message.as_bytes())[0] == "一、正文"
    message = EmailMessage()
    message.set_content("没有网页")
    with pytest.raises(errors.DocumentNotWhatItSays):
        archive_text(message.as_bytes())
