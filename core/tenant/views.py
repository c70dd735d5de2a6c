"""The tenant itself over HTTP: what it is, its plugins' templates, its settings."""

from typing import Any

from flask import current_app

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.api.errors import Forbidden
from core.settings import change_setting, is_security, lock_settings, shown_settings
from core.tenancy import plugins_in, templates_in
from core.tenant.schemas import OwnTenantSchema, SettingsChangeSchema, SettingsSchema, TemplateSchema
from tenants.people.rights import Right

tenant = ApiBlueprint("tenant", __name__, "", "本机关")


@tenant.get("/tenant")
@access(Right.TENANT_READ)
@tenant.response(200, OwnTenantSchema)
def own(acting: Acting) -> Any:
    """本机关的名称和插件。"""
    plugins, found = plugins_in(current_app, acting.session)
    enabled = [entry for entry in plugins.catalogue() if entry.key in found.plugins]
    return {"slug": found.slug, "name": found.name, "plugins": enabled}


@tenant.get("/templates")
@access(Right.PLANS_READ)
@tenant.response(200, TemplateSchema(many=True))
def templates(acting: Acting) -> Any:
    """本机关的任务模板：按哪些词识别，要哪些佐证。"""
    return templates_in(current_app, acting.session)


@tenant.get("/settings")
@access(Right.TENANT_READ)
@tenant.etag
@tenant.response(200, SettingsSchema)
def settings(acting: Acting) -> Any:
    """全部设置：值、含义，是否由本机关设定。"""
    return {"settings": shown_settings(acting.session)}


@tenant.patch("/settings")
@access(Right.SETTINGS_CHANGE)
@tenant.etag
@tenant.arguments(SettingsChangeSchema)
@tenant.response(200, SettingsSchema)
def change_settings(acting: Acting, given: dict[str, Any]) -> Any:
    """修改所写的设置，须带 If-Match；安全设置和审计保存期由租户管理员修改。"""
    if any(map(is_security, given["values"])) and not acting.principal.may_for_all(Right.SECURITY_CHANGE):
        raise Forbidden
    lock_settings(acting.session)
    tenant.check_etag({"settings": shown_settings(acting.session)}, SettingsSchema)
    for name, written in given["values"].items():
        change_setting(acting.session, name, written)
    return {"settings": shown_settings(acting.session)}
