"""How tenants, their settings and plugins look over HTTP."""

from marshmallow import Schema, fields, validate

_SHORT = validate.Length(1, 200)


class PluginSchema(Schema):
    """A plugin, and the agency that it is for."""

    key = fields.String()
    agency = fields.String(attribute="agency.name")
    kind = fields.String(attribute="agency.kind")
    line = fields.String(attribute="agency.line")
    version = fields.String()


class OwnTenantSchema(Schema):
    """The tenant that the caller acts in."""

    slug = fields.String()
    name = fields.String()
    plugins = fields.List(fields.Nested(PluginSchema))


class TenantListedSchema(Schema):
    """A tenant, as the operator sees it."""

    slug = fields.String(required=True, validate=_SHORT)
    name = fields.String(required=True, validate=_SHORT)
    plugins = fields.List(fields.String(), dump_only=True)


class NewTenantSchema(TenantListedSchema):
    """A tenant to add, with the plugin of its agency."""

    plugin = fields.String(required=True, load_only=True, validate=_SHORT)
    units = fields.Integer(dump_only=True)


class PluginChangeSchema(Schema):
    """Whether a plugin is to speak for the tenant; `dry_run`: only say what would change."""

    plugin = fields.String(required=True, validate=_SHORT)
    enabled = fields.Boolean(required=True)
    dry_run = fields.Boolean(load_default=False)


class PluginEffectSchema(Schema):
    """What comes or goes with a plugin: names of units (that are added; none goes), of task templates and metrics, and
    the columns of new sheets that change. `plugins`: those enabled afterwards."""

    plugin = fields.String()
    enabled = fields.Boolean()
    plugins = fields.List(fields.String())
    units = fields.List(fields.String())
    templates = fields.List(fields.String())
    metrics = fields.List(fields.String())
    columns = fields.List(fields.String())


class TemplateSchema(Schema):
    """A kind of task that documents ask for, and the words by which it is recognised."""

    key = fields.String()
    title = fields.String()
    keywords = fields.List(fields.String())
    evidence = fields.List(fields.String())
    limit = fields.String()


class SettingSchema(Schema):
    """A setting. `value`: null for what the plugins say; `set`: the tenant said it itself."""

    name = fields.String()
    value = fields.Raw(allow_none=True)
    set = fields.Boolean()
    meaning = fields.String()


class SettingsSchema(Schema):
    """All settings that there are."""

    settings = fields.List(fields.Nested(SettingSchema))


class SettingsChangeSchema(Schema):
    """Settings by name, each as it is written on the command line; a blank takes the tenant's own value away."""

    values = fields.Dict(
        keys=fields.String(validate=_SHORT),
        values=fields.String(validate=validate.Length(max=200)),
        required=True,
        validate=validate.Length(1, 100),
    )
