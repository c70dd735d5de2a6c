"""Files become canonical text, or are refused with one sentence."""

import io
import re
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from core.documents import errors
from core.documents.reader import MAX_MEGABYTES, parse_document, read_document

TEXT = "二〇二六年工作要点\n一、抓公开（责任单位：甲处）\n"
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20


def docx_bytes(build):
    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def repacked(data, change):
    """The same package with `change(name, content)` applied to each part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_plain_text(tmp_path, encoding):
    path = tmp_path / "要点.TXT"
    path.write_bytes(TEXT.encode(encoding))
    document = read_document(path)
    assert (document.text, document.file_name, document.kind) == (TEXT, "要点.TXT", "txt")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x0b", "\x0c", "\u2028", "\u2029", "\x85"])
def test_line_ends_are_made_one(end):
    assert parse_document("a.txt", f"甲{end}乙".encode()).text == "甲\n乙"


@pytest.mark.parametrize("control", ["\x1a", "\x1b", "\x1f", "\x9b"])
def test_control_characters_are_left_out(control):
    assert parse_document("a.txt", f"甲{control}[31m乙".encode()).text == "甲[31m乙"


def test_inserted_text_counts_and_deleted_text_does_not():
    def build(document):
        paragraph = document.add_paragraph("正文")._p
        for tag, text in (("ins", "w:t"), ("del", "w:delText")):
            run = f'<w:{tag} {nsdecls("w")} w:id="1" w:author="某"><w:r><{text}>{tag}</{text}></w:r></w:{tag}>'
            paragraph.append(parse_xml(run))
        control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        paragraph.addnext(parse_xml(control))

    assert parse_document("a.docx", docx_bytes(build)).text == "正文ins\n控件"


def test_tab_stops_are_no_tabs():
    def build(document):
        document.add_paragraph("甲\t乙").paragraph_format.tab_stops.add_tab_stop(100)

    assert parse_document("a.docx", docx_bytes(build)).text == "甲\t乙"


def test_no_such_file(tmp_path):
    with pytest.raises(errors.DocumentMissing):
        read_document(tmp_path / "没有.txt")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "夹.txt").mkdir()
    with pytest.raises(errors.DocumentError):
        read_document(tmp_path / "夹.txt")


@pytest.mark.parametrize("data", [b"", b" \n\t", "\ufeff".encode()])
def test_empty(data):
    with pytest.raises(errors.DocumentEmpty):
        parse_document("a.txt", data)


def test_an_empty_word_document():
    with pytest.raises(errors.DocumentEmpty):
        parse_document("a.docx", docx_bytes(lambda document: None))


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.pdf", "a.xlsx", "a.xls", "a.html", "a.mht"])
def test_a_photo_with_another_name(name):
    with pytest.raises(errors.DocumentNotWhatItSays, match="JPEG"):
        parse_document(name, PHOTO)


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 50, b"\xff" * 99])
def test_bytes_that_are_no_text(data):
    with pytest.raises(errors.DocumentNotWhatItSays):
        parse_document("a.txt", data)


def test_a_zip_that_is_no_word_document():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("a.txt", "甲")
    with pytest.raises(errors.DocumentNotWhatItSays):
        parse_document("a.docx", stream.getvalue())


def test_a_huge_text_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(errors.DocumentTooLarge, match=rf"50 MB.*{MAX_MEGABYTES} MB"):
        read_document(path)


@pytest.mark.parametrize("name", ["a.ofd", "a.exe", "a"])
def test_an_unknown_type_says_what_is_read(name):
    with pytest.raises(errors.DocumentTypeUnknown, match=re.escape(".docx、.txt、.pdf")):
        parse_document(name, b"x")


def test_encrypted_word_documents():
    with pytest.raises(errors.DocumentEncrypted):
        parse_document(
            "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
        )


def test_an_old_doc_renamed():
    with pytest.raises(errors.DocumentNotWhatItSays, match="旧版 Office"):
        parse_document("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))


def test_broken_word_documents():
    whole = docx_bytes(lambda document: document.add_paragraph("甲"))
    cut = whole[: len(whole) // 2]
    no_xml = repacked(whole, lambda name, data: b"<w:document" if name == "word/document.xml" else data)
    no_types = repacked(whole, lambda name, data: b"<x/>" if name == "[Content_Types].xml" else data)
    for data in (cut, no_xml, no_types):
        with pytest.raises(errors.DocumentBroken):
            parse_document("a.docx", data)


def test_a_zip_bomb_is_not_inflated():
    whole = docx_bytes(lambda document: document.add_paragraph("甲"))
    bomb = repacked(whole, lambda name, data: bytes(70_000_000) if name == "word/styles.xml" else data)
    assert len(bomb) < 1_000_000
    with pytest.raises(errors.DocumentUnsafe):
        parse_document("a.docx", bomb)


def test_entities_are_not_expanded():
    whole = docx_bytes(lambda document: document.add_paragraph("甲"))
    declared = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'

    def change(name, data):
        return (
            data.replace(b"<w:document", declared + b"<w:document", 1).replace("甲".encode(), b"x&e;y")
            if name == "word/document.xml"
            else data
        )

    assert parse_document("a.docx", repacked(whole, change)).text == "x"


def test_every_error_is_one_chinese_sentence():
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.DocumentError):
            fields = {
                "size": 50,
                "limit": 20,
                "kinds": ".txt",
                "kind": "文本",
                "found": "",
                "what": "页数",
                "seconds": 30,
            }
            message = kind(**fields).of("甲.txt").message
            assert "甲.txt" in message
            assert message.endswith("。")
            assert "\n" not in message
