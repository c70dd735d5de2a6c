"""Why a file could not be read, each with one sentence for the person who chose it."""

from typing import Self

from tenants.errors import ZwgkError


class DocumentError(ZwgkError):
    """Base of all refusals of this room. What reads a content does not know its name: `of` puts it in."""

    code = "document_error"
    sentence = "文件“{name}”无法读取。"

    def __init__(self, name: str = "", **fields: object) -> None:
        super().__init__(name=name, **fields)

    def of(self, name: str) -> Self:
        """The same refusal of the file with this name."""
        return type(self)(**self.fields | {"name": name})


class DocumentMissing(DocumentError):
    code = "document_missing"
    sentence = "找不到文件“{name}”。"


class DocumentUnreadable(DocumentError):
    code = "document_unreadable"
    sentence = "没有权限读取“{name}”，或者它不是一个文件。"


class DocumentEmpty(DocumentError):
    code = "document_empty"
    sentence = "文件“{name}”是空的，没有可以拆解的文字。"


class DocumentTooLarge(DocumentError):
    code = "document_too_large"
    sentence = "文件“{name}”太大（{size} MB），最多读取 {limit} MB；请确认这是工作要点的正文。"


class DocumentTooLong(DocumentError):
    code = "document_too_long"
    sentence = "文件“{name}”的{what}太多，最多读取 {limit}；请确认这是工作要点，或拆分后再试。"


class DocumentTypeUnknown(DocumentError):
    code = "document_type_unknown"
    sentence = "不能读取“{name}”这种类型的文件；可以读取 {kinds}，请另存为 .docx 或 .txt 后再试。"


class DocumentNotWhatItSays(DocumentError):
    code = "document_not_what_it_says"
    sentence = "文件“{name}”的内容不是 {kind} 文件{found}；请重新另存为 .docx 或 .txt 后再试。"


class DocumentEncrypted(DocumentError):
    code = "document_encrypted"
    sentence = "文件“{name}”设有打开密码；请取消密码、另存后再试。"


class DocumentBroken(DocumentError):
    code = "document_broken"
    sentence = "文件“{name}”已经损坏，无法打开；请用 Word 或 WPS 打开后重新另存。"


class DocumentUnsafe(DocumentError):
    code = "document_unsafe"
    sentence = "文件“{name}”解压后异常地大，为安全起见没有打开。"


class DocumentBreaksReader(DocumentError):
    """The process that read it died of it."""

    code = "document_breaks_reader"
    sentence = "文件“{name}”结构异常或过于庞大，读取已中止；请用 Word 或 WPS 打开后另存为 .docx 再试。"


class DocumentTooSlow(DocumentError):
    code = "document_too_slow"
    sentence = "文件“{name}”读了 {seconds} 秒仍未读完，已中止；请拆分，或另存为 .docx 后再试。"


class DocumentScanned(DocumentError):
    code = "document_scanned"
    sentence = "“{name}”是扫描件，只有图片没有文字；请换用可以复制文字的版本，或先做文字识别（OCR）后再试。"


class DocumentGarbled(DocumentError):
    code = "document_garbled"
    sentence = "“{name}”中的文字没有编码信息，读出来是乱码；请从原稿另存为 .docx 或重新导出 PDF 后再试。"


class DocumentNeedsOffice(DocumentError):
    code = "document_needs_office"
    sentence = "读取“{name}”这种旧格式需要 LibreOffice（含文字处理组件）；请先装好，或用 Word、WPS 另存为 .docx。"


class DocumentNotConverted(DocumentError):
    code = "document_not_converted"
    sentence = "LibreOffice 未能转换“{name}”，文件可能已损坏或设有密码；请用 Word 或 WPS 打开后另存为 .docx 再试。"
