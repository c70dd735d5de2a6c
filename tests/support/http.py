"""A person or a program at the HTTP interface: signs in as people do, and asks with what it was given."""

from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROOT = "/api/v1"
PASSWORD = "Lantern-47-harbour"


class Caller:
    """One browser, or one program: `token` is sent along where there is one, else cookies and the CSRF header."""

    def __init__(self, app: Flask, token: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def at(self, app: Flask) -> "Caller":
        """The same one at another application."""
        other = Caller(app)
        other.headers = dict(self.headers)
        if cookie := self.client.get_cookie("zwgk"):
            other.client.set_cookie("zwgk", cookie.value)
        return other

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        """The answer to a request below `/api/v1`."""
        headers = self.headers | options.pop("headers", {})
        return self.client.open(f"{ROOT}{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        """What a request gives that is answered 200."""
        response = self.ask("GET", path, **options)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def post(self, path: str, status: int = 200, **content: Any) -> Any:
        """What a write gives that is answered so."""
        response = self.ask("POST", path, json=content)
        assert response.status_code == status, response.get_data(as_text=True)
        return response.get_json()

    def sign_in(self, login: str, password: str, tenant: str = "") -> "Caller":
        """Sign in with a password that was handed out, and do whatever the session has to do first."""
        step = self._step("POST", "/session", {"login": login, "password": password})
        while step["must"]:
            must = step["must"][0]
            if must == "change_password":
                step = self._step("PUT", "/session/password", {"old": password, "new": PASSWORD})
            elif must == "enrol_second_factor":
                secret = self.ask("POST", "/session/second-factor").get_json()["secret"]
                code = pyotp.TOTP(secret).now()
                step = self._step("PUT", "/session/second-factor", {"code": code})
            else:
                step = self._step("PUT", "/session/tenant", {"slug": tenant})
        return self

    def _step(self, method: str, path: str, content: dict[str, str]) -> dict[str, Any]:
        response = self.ask(method, path, json=content)
        assert response.status_code == 200, response.get_data(as_text=True)
        step = response.get_json()
        self.headers = {"X-Csrf-Token": step["csrf"]}
        return step
