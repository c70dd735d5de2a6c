"""Why a file could not be read, each with one sentence for the person who chose it."""

from tenants.errors import ZwgkError


class DocumentError(ZwgkError):
    """Base of all refusals of this room; `name` is the file's name."""

    code = "document_error"
    sentence = "文件“{name}”无法读取。"


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
