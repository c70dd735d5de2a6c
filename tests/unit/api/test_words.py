"""What is refused is told in words that who asked can use: in Chinese, without commands that he does not have."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from marshmallow import Schema, ValidationError, class_registry, fields, validate

import bridges
import core
import plugins
import tenants
from core.api.errors import in_chinese
from tenants.errors import ZwgkError

BESIDE = re.compile(r"\.(?:migrations|wsgi|__main__)\b")  # run, rather than imported
COMMAND = re.compile(r"zwgk |(?<!-)--[a-z]")


@pytest.fixture(scope="module", autouse=True)
def _everything():
    for package in (core, tenants, bridges, plugins):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not BESIDE.search(module.name):
                import_module(module.name)


def below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_no_refusal_tells_to_run_a_command_but_by_its_hint():
    ours = [one for one in below(ZwgkError) if not one.__module__.startswith("tests")]
    assert len(ours) > 200
    assert {one.__name__: one.sentence for one in ours if COMMAND.search(one.sentence)} == {}


def _validated() -> Iterator[tuple[str, validate.Validator]]:
    for name, known in class_registry._registry.items():
        for schema in known if name.startswith(("core.", "bridges.", "plugins.")) else ():
            for field in schema._declared_fields.values():
                inner = field.inner if isinstance(field, fields.List) else None
                for validator in (*field.validators, *(inner.validators if inner else ())):
                    yield f"{name}.{field.name}", validator


def test_every_limit_of_a_field_is_told_in_chinese():
    assert len(list(_validated())) > 50
    untold = []
    wrong = ("", "x" * 99_999, -(10**30), 10**30)
    for where, validator in _validated():
        for value in wrong:
            try:
                validator(value)
            except ValidationError as error:
                if in_chinese(error.messages[0]) == "值不合要求。":
                    untold.append((where, error.messages[0]))
            except TypeError:  # a number to a validator of texts, or the other way round
                continue
    assert untold == []


def test_every_kind_of_field_tells_in_chinese_what_it_is_not():
    kinds = (fields.Integer(), fields.Decimal(), fields.Float(), fields.Boolean(), fields.String(), fields.Date())
    kinds += (fields.AwareDateTime(), fields.DateTime(), fields.List(fields.String()), fields.Dict())
    for kind in kinds:
        with pytest.raises(ValidationError) as caught:
            Schema.from_dict({"x": kind})().load({"x": object()})
        (message,) = caught.value.messages["x"]
        assert in_chinese(message) != "值不合要求。", message
