"""Where a webhook may lead: how addresses are written, and which network addresses may be connected to."""

import pytest

from core.webhooks.reach import SETTING, Networks, Target, WebhookAddressInvalid, WebhookNetworksInvalid, read_address

ANYWHERE = Target("receiver.example.org", 443, "/", True)
HERE = Target("localhost", 8080, "/", False)


@pytest.mark.parametrize(
    ("written", "target", "authority"),
    [
        ("https://a.example.org", Target("a.example.org", 443, "/", True), "a.example.org"),
        ("https://A.example.org:8443/x?y=1", Target("a.example.org", 8443, "/x?y=1", True), "a.example.org:8443"),
        ("https://例子.测试/x", Target("xn--fsqu00a.xn--0zwm56d", 443, "/x", True), "xn--fsqu00a.xn--0zwm56d"),
        ("https://[2001:db8::1]:4443/", Target("2001:db8::1", 4443, "/", True), "[2001:db8::1]:4443"),
        ("http://127.0.0.1:8080/x", Target("127.0.0.1", 8080, "/x", False), "127.0.0.1:8080"),
    ],
)
def test_an_address_in_parts(written, target, authority):
    assert read_address(written) == target
    assert target.authority == authority


@pytest.mark.parametrize(
    "written",
    [
        *("", "a.example.org", "ftp://a.example.org", "file:///etc/passwd", "https://", "https:///x"),
        *("https://me@a.example.org", "https://me:secret@a.example.org", "https://@a.example.org", "https://a.org/#x"),
        *("https://a.example.org:22", "https://a.example.org:80", "https://a.example.org:0", "https://a.org:99999"),
        *(
            "http://a.example.org",
            "https://a.org:x",
            "https://a b.org",
            "https://a_b.org",
            "https://[::1",
            "https://-a.org",
        ),
        *(
            "https://a.org/中",
            "https://a.org/a b",
            "https://a.org/\r\nX: y",
            "https://a.org/\x00",
            "https://[fe80::1%25e0]/",
        ),
        *(
            " https://a.org/",
            "\x00https://a.org/",
            "https://a.org/\n",
            "https://a\n.org/",
            "https://a.org\t/",
            "https://a.org/ ",
        ),
        *("https://.a/", "https://...", "https://a..org/", "https://a.org./", "https://a.-b.org/"),
        *("https://" + "a" * 64 + ".org/", "https://" + ".".join(["a" * 63] * 4) + "/"),
        "https://a.org/" + "x" * 500,
    ],
)
def test_what_is_no_address_of_ours(written):
    with pytest.raises(WebhookAddressInvalid):
        read_address(written)


INSIDE = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("fec0::1", "feff::1", "2400:3200::5efe:a00:1", "2400:3200::200:5efe:7f00:1"),
    *("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1", "::127.0.0.1"),
    *("", "receiver", "127.1", "0x7f000001", "2130706433"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_everybodys_is_not_reached(address):
    assert not Networks().admit(ANYWHERE, address)


@pytest.mark.parametrize("address", ["1.1.1.1", "202.96.209.5", "::ffff:1.1.1.1", "2400:3200::1"])
def test_what_is_everybodys_is(address):
    assert Networks().admit(ANYWHERE, address)


def test_a_network_that_the_operator_named_is_reached_and_no_other():
    networks = Networks.from_environ({SETTING: "10.0.0.0/8, 192.168.7.0/24 fd00::/8"})
    for address in ("10.200.0.1", "192.168.7.9", "::ffff:10.0.0.1", "fd00::1", "1.1.1.1"):
        assert networks.admit(ANYWHERE, address), address
    for address in ("192.168.8.1", "127.0.0.1", "169.254.169.254"):
        assert not networks.admit(ANYWHERE, address), address


def test_without_encryption_only_this_machine_is_reached_and_only_if_it_was_named():
    here = Networks.from_environ({SETTING: "127.0.0.0/8"})
    assert here.admit(HERE, "127.0.0.1")
    assert not Networks().admit(HERE, "127.0.0.1")
    assert not here.admit(HERE, "1.1.1.1")
    assert not Networks.from_environ({SETTING: "0.0.0.0/0"}).admit(HERE, "10.0.0.1")


@pytest.mark.parametrize("text", ["10.0.0.1/8", "intranet", "10.0.0.0/33"])
def test_a_setting_that_names_no_network(text):
    with pytest.raises(WebhookNetworksInvalid):
        Networks.from_environ({SETTING: text})


def test_what_can_be_known_of_an_address_is_said_when_it_is_written():
    inside = ("https://10.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "http://127.0.0.1:8080/")
    for written in (*inside, "http://a.example.org:8080/"):
        with pytest.raises(WebhookAddressInvalid):
            Networks().check(written)
    assert Networks().check("https://1.1.1.1/").host == "1.1.1.1"
