"""`zwgk doctor` and the key of the secrets in the database."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert

from core.runtime import Runtime
from tenants.identity.models import IdentityProvider
from tenants.people.models import Account
from tenants.people.sealing import FILE, SETTING, sealed
from tenants.sessions import platform_session, tenant_session
from tests.support.cli import Cli
from tests.support.people import NOW


@pytest.fixture
def doctor(database, tmp_path):
    """What doctor says of the key, in an environment."""

    def run(**environ):
        runtime = Runtime(database.as_environ() | environ, tmp_path)
        outcome = Cli(runtime)("doctor")
        runtime.close()
        (line,) = [line for line in outcome.out.splitlines() if "密钥：" in line]
        return outcome.status, line

    return run


@pytest.fixture
def secrets(database, tmp_path):
    """A second factor and the secret of an identity provider."""
    runtime = Runtime(database.as_environ(), tmp_path)
    Cli(runtime).ok("tenant", "add", "t", "--name", "示例局", "--plugin", "openness")
    with runtime.app.app_context():
        with platform_session() as session:
            session.execute(insert(Account).values(login="li", name="李", totp_secret=sealed("s"), created_at=NOW))
        with tenant_session("t", "t", "t") as session:
            named = {"issuer": "x", "client_id": "x", "second_factor": "", "enabled": False, "passwords": True}
            session.add(IdentityProvider(**named, client_secret=sealed("s")))
    runtime.close()
    return tmp_path / FILE


def test_before_there_is_anything_to_encrypt(doctor, tmp_path):
    status, told = doctor()
    assert (status, "尚未生成" in told) == (0, True)
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).touch(0o600)
    status, told = doctor()
    assert (status, str(tmp_path / FILE) in told) == (1, True)


def test_the_key_opens_all_secrets(doctor, secrets):
    status, told = doctor()
    assert (status, "2 项" in told) == (0, True)
    assert doctor(**{SETTING: secrets.read_text()})[0] == 0


def test_what_is_wrong_with_it_is_said(doctor, secrets):
    secrets.chmod(0o644)
    assert doctor() == (1, f"异常  密钥：{secrets} 可被其他用户读取，权限须为 0600")
    secrets.chmod(0o600)
    status, told = doctor(**{SETTING: Fernet.generate_key().decode()})
    assert (status, "2 项加密的内容有 2 项" in told) == (1, True)
    secrets.write_text("nix")
    status, told = doctor()
    assert (status, str(secrets) in told) == (1, True)
    secrets.unlink()
    status, told = doctor()
    assert (status, "没有" in told) == (1, True)
    assert not secrets.exists()
