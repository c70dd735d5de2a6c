"""How files look over HTTP."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields


class UploadSchema(Schema):
    """A file as a form sends it (`multipart/form-data`)."""

    file = Upload(required=True)


class FileSchema(Schema):
    """A file that is kept; `sha256` and `size` are those of its content."""

    id = fields.Integer()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String(attribute="digest")
    at = fields.AwareDateTime()
