"""One request to a real receiver on this machine that does what receivers do."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.webhooks.reach import Networks
from core.webhooks.sending import INSIDE, NO_ANSWER, NO_TRUST, SHOWN, TOO_LATE, UNKNOWN, Sender
from tests.support.receiver import HERE, receiver

SENDER = Sender(Networks((ip_network(HERE),)), limit=5.0)
HURRIED = Sender(SENDER.networks, limit=0.3)
HEADERS = {"webhook-id": "evt_1", "Content-Type": "application/json"}


@pytest.fixture
def there():
    with receiver() as server:
        yield server


def leading_to(*addresses):
    """A resolver that answers so, whatever it is asked."""

    def resolve(_host, port, **_more):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return resolve


def test_what_is_sent_arrives(there):
    answer = SENDER.post(there.at("/ok?key=1"), HEADERS, '{"中": 1}')
    (got,) = there.got
    assert (answer.status, answer.is_good) == (204, True)
    assert (got.path, got.body.decode(), got.event) == ("/ok?key=1", '{"中": 1}', "evt_1")
    assert got.headers["host"] == f"127.0.0.1:{there.server_port}"


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/turn", 500, "坏了\ufffd"),
        ("/huge", 500, "x" * SHOWN),
        ("/redirect", 302, ""),
        ("/early", None, NO_ANSWER),
    ],
)
def test_what_is_not_taken_says_why(there, path, status, text):
    there.answers = [500]
    answer = SENDER.post(there.at(path), HEADERS, "{}")
    assert (answer.status, answer.text, answer.is_good) == (status, text, False)
    assert [got.path for got in there.got] == [path]  # a redirect is not followed


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_one_limit_is_over_all_of_it(there, path):
    answer = HURRIED.post(there.at(path), HEADERS, "{}")
    assert (answer.status, answer.text) == (None, TOO_LATE)
    assert 300 <= answer.milliseconds < 3000


@pytest.mark.parametrize("length", ["-1", "-5", "-" + "f" * 30, "f" * 30])
def test_an_answer_of_any_length_is_an_answer(there, length):
    answer = SENDER.post(there.at(f"/chunk?{length}"), HEADERS, "{}")
    assert (answer.status, len(answer.text) <= SHOWN, answer.milliseconds < 3000) == (200, True, True)


def test_what_never_comes_to_the_point_is_hung_up_on(there):
    answer = SENDER.post(there.at("/continue"), HEADERS, "{}")
    assert (answer.status, answer.text) == (None, NO_ANSWER)
    assert answer.milliseconds < 3000


def test_a_status_counts_even_if_the_rest_does_not_come(there):
    assert HURRIED.post(there.at("/short"), HEADERS, "{}").status == 200


def test_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answer = SENDER.post(f"http://127.0.0.1:{taken.getsockname()[1]}/", HEADERS, "{}")
    assert answer.text == NO_ANSWER


def test_a_name_that_leads_inside_is_not_connected_to(there):
    for addresses in (("127.0.0.1",), ("1.1.1.1", "127.0.0.1")):
        inside = Sender(resolve=leading_to(*addresses))
        assert inside.post(f"https://receiver.example.org:{there.server_port}/ok", HEADERS, "{}").text == INSIDE
    assert there.got == []


def test_it_is_connected_to_what_was_looked_at(there):
    """Asked once: a resolver that answers otherwise the second time has no say."""
    asked = []

    def resolve(host, port, **more):
        asked.append(host)
        return leading_to("127.0.0.1")(host, port, **more)

    sender = Sender(SENDER.networks, resolve, 5.0)
    assert sender.post(f"http://rebinding.example.org:{there.server_port}/ok", HEADERS, "{}").status == 204
    assert asked == ["rebinding.example.org"]


def test_a_name_that_nobody_knows_or_nobody_answers_for(there):
    def silent(*_of, **_more):
        there.over.wait()

    assert Sender(resolve=leading_to()).post("https://a.example.org/", HEADERS, "{}").text == UNKNOWN
    assert Sender(resolve=silent, limit=0.1).post("https://a.example.org/", HEADERS, "{}").text == TOO_LATE


@pytest.fixture
def certified(there, tmp_path):
    """The receiver with a certificate for `receiver.example.org`; returns where that is."""
    key, name = ec.generate_private_key(ec.SECP256R1()), "receiver.example.org"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day, now = timedelta(days=1), datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now - day, now + day
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    place, secret = tmp_path / "receiver.pem", serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    place.write_bytes(written + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place)
    there.socket = context.wrap_socket(there.socket, server_side=True)
    return str(place)


def test_the_certificate_is_that_of_the_name(there, certified):
    sender = Sender(SENDER.networks, leading_to("127.0.0.1"), 5.0, certified)
    at = f"https://{{}}:{there.server_port}/ok"
    assert sender.post(at.format("receiver.example.org"), HEADERS, "{}").status == 204
    assert sender.post(at.format("other.example.org"), HEADERS, "{}").text == NO_TRUST
    stranger = Sender(SENDER.networks, leading_to("127.0.0.1"), 5.0)
    assert stranger.post(at.format("receiver.example.org"), HEADERS, "{}").text == NO_TRUST
    assert len(there.got) == 1
