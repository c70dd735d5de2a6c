"""Files over HTTP: brought first, then named in what is to be done with them; what was made is fetched likewise."""

from io import BytesIO
from typing import Any

from flask import Response, send_file

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.files.models import StoredFile
from core.files.schemas import FileSchema, UploadSchema
from core.files.services import LARGEST, find_file, give_out, remove_file, take_in
from tenants.people.rights import Right

files = ApiBlueprint("files", __name__, "/files", "文件")
# what a form adds around the file
FORM = 64 * 1024
CONTENT = {"type": "string", "format": "binary"}
"""How the content of a file is told of in the OpenAPI document."""


@files.post("")
@access(Right.PLANS_READ, largest=LARGEST + FORM)
@files.arguments(UploadSchema, location="files")
@files.response(201, FileSchema)
def bring(acting: Acting, given: dict[str, Any]) -> Any:
    """上传文件（不超过 32 MB，保存 30 天），之后在其他操作中写明其编号。"""
    file = given["file"]
    return take_in(acting.session, file.filename or "", file.read())


@files.get("/<int:file>")
@access(Right.PLANS_READ)
@files.response(200, FileSchema)
def one_file(acting: Acting, file: int) -> Any:
    """一个文件的名称、大小等。"""
    return find_file(acting.session, file, acting.principal.grants)


@files.get("/<int:file>/content")
@access(Right.PLANS_READ)
@files.response(200, CONTENT, content_type="*/*")
def fetch(acting: Acting, file: int) -> Response:
    """文件内容。"""
    return content_of(give_out(acting.session, file, acting.principal.grants))


def content_of(file: StoredFile) -> Response:
    """A file as it is fetched."""
    return send_file(BytesIO(file.content), file.media_type, as_attachment=True, download_name=file.name, max_age=0)


@files.delete("/<int:file>")
@access(Right.PLANS_READ)
@files.response(204)
def remove(acting: Acting, file: int) -> None:
    """删除文件。"""
    remove_file(acting.session, file, acting.principal.grants)
