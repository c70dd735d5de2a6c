"""Which known name an unknown one may mean."""

import pytest

from core.units.nearness import near_names

KNOWN = (
    *("区教育局", "区发展改革委", "区人力资源社会保障局", "区建设管理委", "区市场监管局", "区科委"),
    *("区行政服务中心(区大数据中心)", "马桥镇", "各街镇", "各处室", "对口支援处", "对口协作处", "民防协会"),
)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("区教委", ["区教育局"]),
        ("区发改委", ["区发展改革委"]),
        ("区人社局", ["区人力资源社会保障局"]),
        ("区市场监督管理局", ["区市场监管局"]),
        ("区大数据中心", ["区行政服务中心(区大数据中心)"]),
        ("对口处", ["对口协作处", "对口支援处"]),
        ("市民防协会", ["民防协会"]),
        ("各镇", ["各街镇"]),
    ],
)
def test_abbreviations_and_long_forms(name, near):
    assert near_names(name, KNOWN) == near


@pytest.mark.parametrize("name", ["马陆镇", "有关处室", "区司法局", "办公室", "局"])
def test_names_that_mean_something_else(name):
    assert near_names(name, KNOWN) == []


def test_some_are_some_however_they_are_called():
    for name in ("有关处室", "各相关处室"):
        assert near_names(name, ["各处室", "相关处室"]) == ["相关处室"]
