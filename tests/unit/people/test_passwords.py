"""Which passwords are taken, and that hashes are what they say."""

import pytest
from argon2 import PasswordHasher, extract_parameters

from tenants.people import passwords
from tenants.people.passwords import PasswordWeak, accepted, faults, hashed, initial_password, matches, outdated
from tenants.people.policy import NUMBERS, Policy, policy_of, strictest

POLICY = Policy()
SHORT, CLASSES, COMMON = "至少 10 个字符", "大写字母、小写字母、数字、其他字符至少含 3 类", "不得使用常见密码"
LOGIN, LONG, CONTROL = "不得包含登录名", "不超过 128 个字符", "不得含控制字符"


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("Tulip-9-garden", []),
        ("郁金香Tulip-9开花了", []),
        ("", [SHORT, CLASSES, COMMON]),
        ("Ab-9", [SHORT]),
        ("tulip garden", [CLASSES]),
        ("tulip9garden", [CLASSES]),
        ("Password-2024", [COMMON]),
        ("2024Qwerty!!", [COMMON]),
        ("1qaz@WSX2024", [COMMON]),
        ("12345678901234", [CLASSES, COMMON]),
        ("My-Zhang.San-9", [LOGIN]),
        ("Tulip-9-\tgarden", [CONTROL]),
        ("Tulip-9-\x00garden", [CONTROL]),
        ("Tulip-9-garden\udc80", [CONTROL]),
        ("Tulip-9-" * 2000, [LONG]),
        ("１２３４５", [SHORT, CLASSES, COMMON]),
    ],
)
def test_what_a_password_breaks(password, found):
    assert faults(password, "zhang.san", POLICY) == found


def test_all_of_it_in_one_sentence():
    with pytest.raises(PasswordWeak) as refused:
        accepted("zhang", "zhang", POLICY)
    assert refused.value.message == f"密码不合要求：{SHORT}；{CLASSES}；{LOGIN}。"


def test_what_was_used_before_is_not_taken():
    former = [hashed("Tulip-9-garden")]
    with pytest.raises(PasswordWeak, match="不得与最近 5 个密码相同"):
        accepted("Tulip-9-garden", "zhang", POLICY, former)
    assert matches(accepted("Maple-7-forest", "zhang", POLICY, former), "Maple-7-forest")


def test_hashes_are_argon2id_as_recommended_and_each_another():
    one, other = hashed("Tulip-9-garden"), hashed("Tulip-9-garden")
    assert one != other
    assert one.startswith("$argon2id$")
    found = extract_parameters(one)
    assert (found.memory_cost, found.time_cost) >= (64 * 1024, 3)


def test_a_hash_of_other_parameters_still_counts_and_is_known_to_be_old():
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("Tulip-9-garden")
    assert matches(old, "Tulip-9-garden")
    assert outdated(old)
    assert not outdated(hashed("x"))


@pytest.mark.parametrize("stored", [None, "", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$x$y"])
def test_what_is_no_hash_matches_nothing(stored):
    assert not matches(stored, "")


def test_full_width_is_the_same_password():
    assert matches(hashed("Tulip-9-garden"), "Ｔｕｌｉｐ－９－garden")


def test_a_password_that_is_handed_out_is_taken_by_the_strictest_rules():
    strict = Policy(min_length=20, classes=4)
    handed_out = {initial_password() for _ in range(50)}
    assert len(handed_out) == 50
    assert [one for one in handed_out if faults(one, "zhang", strict)] == []


def test_hashing_is_bounded():
    with pytest.raises(ValueError, match="released too many times"):
        passwords._AT_ONCE.release()


def test_of_several_tenants_the_strictest_rule_holds():
    one = policy_of({"security.min_length": 12, "security.max_age_days": 0, "security.idle_minutes": 60})
    other = policy_of({"security.failures": 3, "security.second_factor": True, "lamps.near": "蓝"})
    both = strictest([one, other])
    assert both == Policy(min_length=12, max_age_days=90, idle_minutes=30, failures=3, second_factor=True)
    assert strictest([one]).max_age_days == 0
    assert strictest([]) == Policy()


@pytest.mark.parametrize("name", NUMBERS)
def test_the_defaults_are_within_the_bounds(name):
    assert NUMBERS[name].low <= getattr(Policy(), name) <= NUMBERS[name].high
