"""How people, sessions, memberships and tokens look over HTTP."""

from marshmallow import EXCLUDE, Schema, fields, validate

from tenants.identity.terms import LONGEST_SUBJECT
from tenants.people.rights import PLATFORM_ROLES, ROLES, TENANT_RIGHTS
from tenants.people.tokens import LONGEST_DAYS

_SHORT = validate.Length(1, 200)
_SECRET = validate.Length(1, 1000)
_SUBJECT = validate.Length(1, LONGEST_SUBJECT)


class SignInSchema(Schema):
    """Who signs in; `code`: of the second factor or a recovery code, may also come later."""

    login = fields.String(required=True, validate=_SHORT)
    password = fields.String(required=True, validate=_SECRET)
    code = fields.String(validate=_SHORT)


class CodeSchema(Schema):
    """A code of the second factor."""

    code = fields.String(required=True, validate=_SHORT)


class TenantChoiceSchema(Schema):
    """The tenant in which the session acts from here on."""

    slug = fields.String(required=True, validate=_SHORT)


class PasswordChangeSchema(Schema):
    """The old password and the new one."""

    old = fields.String(required=True, validate=_SECRET)
    new = fields.String(required=True, validate=_SECRET)


class AccountSchema(Schema):
    """A person, as shown to himself."""

    login = fields.String()
    name = fields.String()
    platform_role = fields.String(allow_none=True)


class TenantSchema(Schema):
    """A tenant, as its members see it."""

    slug = fields.String()
    name = fields.String()


class StepSchema(Schema):
    """A session after a step: what it must do first (empty: nothing), the tenants to choose from, what every write of
    it carries as `X-Csrf-Token`, and what the person has to be told of his account."""

    account = fields.Nested(AccountSchema)
    tenants = fields.List(fields.Nested(TenantSchema))
    must = fields.List(fields.String())
    csrf = fields.String()
    notices = fields.List(fields.String())


class SessionSchema(Schema):
    """The present session."""

    account = fields.Nested(AccountSchema)
    tenant = fields.Nested(TenantSchema, allow_none=True)
    must = fields.List(fields.String())
    rights = fields.List(fields.String())
    csrf = fields.String()
    notices = fields.List(fields.String())


class OfferSchema(Schema):
    """A secret for an authenticator, and the same as an address for a QR code."""

    secret = fields.String()
    uri = fields.String()


class EnrolledSchema(StepSchema):
    """The session after it, and codes for a lost telephone, shown this once."""

    recovery_codes = fields.List(fields.String())


class SessionListedSchema(Schema):
    """A session of one's own."""

    id = fields.Integer()
    address = fields.String()
    agent = fields.String()
    tenant = fields.String(allow_none=True)
    created_at = fields.DateTime()
    seen_at = fields.DateTime()


class AccountListedSchema(Schema):
    """An account, as the platform's security administrator sees it."""

    login = fields.String(required=True, validate=_SHORT)
    name = fields.String(required=True, validate=_SHORT)
    platform_role = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(PLATFORM_ROLES)))
    disabled = fields.Boolean(dump_only=True)
    second_factor = fields.Boolean(dump_only=True)
    locked_until = fields.AwareDateTime(dump_only=True, allow_none=True)


class AccountAddedSchema(Schema):
    """A new account; `initial_password` is to be handed out, and shown this once."""

    account = fields.Nested(AccountListedSchema)
    initial_password = fields.String()


class AccountStateSchema(Schema):
    """Whether anybody may sign in by the account."""

    disabled = fields.Boolean(required=True)


class NewPasswordSchema(Schema):
    """A password for somebody else's account."""

    password = fields.String(required=True, validate=_SECRET)


class EndedSchema(Schema):
    """How many sessions were ended."""

    ended = fields.Integer()


class MemberChangeSchema(Schema):
    """The role of a member, and the units that a bound role holds for."""

    role = fields.String(required=True, validate=validate.OneOf(list(ROLES)))
    units = fields.List(fields.Integer(), allow_none=True, validate=validate.Length(max=500))


class MemberSchema(MemberChangeSchema):
    """A membership: a person in a role. `subject`: who he is at the tenant's identity provider."""

    id = fields.Integer(dump_only=True)
    login = fields.String(required=True, validate=_SHORT)
    name = fields.String(validate=_SHORT)
    subject = fields.String(load_only=True, validate=_SUBJECT)
    added_at = fields.DateTime(dump_only=True)


class InvitedSchema(Schema):
    """A new member; `initial_password` is to be handed out, null for a person who has an account."""

    member = fields.Nested(MemberSchema)
    initial_password = fields.String(allow_none=True)


class TokenSchema(Schema):
    """An API token. `days`: how long it is to hold."""

    id = fields.Integer(dump_only=True)
    kind = fields.String(dump_only=True)
    name = fields.String(required=True, validate=_SHORT)
    rights = fields.List(fields.String(validate=validate.OneOf(sorted(TENANT_RIGHTS))), required=True)
    units = fields.List(fields.Integer(), allow_none=True, validate=validate.Length(max=500))
    days = fields.Integer(load_only=True, load_default=90, validate=validate.Range(1, LONGEST_DAYS))
    created_at = fields.DateTime(dump_only=True)
    expires_at = fields.DateTime(dump_only=True)
    last_used_at = fields.DateTime(dump_only=True, allow_none=True)


class IssuedSchema(Schema):
    """A new token, and its secret, which is shown this once."""

    token = fields.Nested(TokenSchema)
    secret = fields.String()


class SignInElsewhereSchema(Schema):
    """At which tenant somebody signs in by its identity provider."""

    slug = fields.String(required=True, validate=_SHORT)


class ElsewhereSchema(Schema):
    """Where the browser goes now; it is sent back from there."""

    address = fields.String()


class ReturnedSchema(Schema):
    """What the identity provider gives the browser along: `code`, or `error`; `iss` where it says who it is."""

    class Meta:
        """Providers add what they like."""

        unknown = EXCLUDE

    state = fields.String(required=True, validate=_SECRET)
    code = fields.String(load_default="", validate=validate.Length(max=4000))
    iss = fields.String(load_default="", validate=validate.Length(max=2000))


class ProviderSchema(Schema):
    """The tenant's identity provider. `client_secret`: null leaves it as it is, and it is never shown; `second_factor`:
    the word in its `amr`, or its `acr`, that counts as the second factor; `callback`: what to register there."""

    issuer = fields.String(required=True, validate=_SECRET)
    client_id = fields.String(required=True, validate=_SHORT)
    client_secret = fields.String(
        load_only=True, load_default=None, allow_none=True, validate=validate.Length(max=1000)
    )
    second_factor = fields.String(load_default="", validate=validate.Length(max=200))
    enabled = fields.Boolean(load_default=False)
    passwords = fields.Boolean(load_default=True)
    has_secret = fields.Boolean(dump_only=True)
    callback = fields.String(dump_only=True)


class TriedProviderSchema(Schema):
    """What holds of an identity provider: its keys, or why it cannot be used."""

    keys = fields.List(fields.String())
    code = fields.String(allow_none=True)
    message = fields.String()


class IdentitySchema(Schema):
    """A member, and who he is at the identity provider."""

    id = fields.Integer(dump_only=True)
    login = fields.String(required=True, validate=_SHORT)
    subject = fields.String(required=True, validate=_SUBJECT)
    issuer = fields.String(dump_only=True)
    linked_at = fields.DateTime(dump_only=True)
