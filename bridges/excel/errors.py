"""Why a workbook, or one cell of it, is refused. Nothing has been changed when one of these is raised."""

import errno

from tenants.errors import ZwgkError

REASONS = {
    errno.ENOENT: "文件或文件夹不存在",
    errno.ENOTDIR: "文件夹不存在",
    errno.EISDIR: "这是一个文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "文件名太长",
}


class WorkbookRefused(ZwgkError):
    """Base of all refusals of this folder."""

    code = "workbook_refused"
    sentence = "无法处理这个工作簿。"


class FileEmpty(WorkbookRefused):
    code = "file_empty"
    sentence = "文件是空的，请重新选择。"


class FileEncrypted(WorkbookRefused):
    code = "file_encrypted"
    sentence = "文件设有打开密码，请去除密码后重试。"


class FileLegacy(WorkbookRefused):
    code = "file_legacy_office"
    sentence = "这是旧版格式（.xls、.et、.doc 等），请另存为 .xlsx 后重试。"


class FileOpenDocument(WorkbookRefused):
    code = "file_open_document"
    sentence = "这是 ODF 格式（.ods 等），请用表格软件另存为 .xlsx 后重试。"


class FileText(WorkbookRefused):
    code = "file_is_text"
    sentence = "这是文本或网页文件（如 .txt、.html），不是表格，请用表格软件另存为 .xlsx 后重试。"


class FileImage(WorkbookRefused):
    code = "file_is_image"
    sentence = "这是图片，不是 .xlsx 工作簿。"


class FileUnknown(WorkbookRefused):
    code = "file_not_xlsx"
    sentence = "这不是 .xlsx 工作簿。"


class FileTooLarge(WorkbookRefused):
    code = "file_too_large"
    sentence = "文件过大：{what}超过上限 {limit}。"


class FileDamaged(WorkbookRefused):
    code = "file_damaged"
    sentence = "文件已损坏或不完整（{where}），请用表格软件打开后另存再试。"


class FileSigned(WorkbookRefused):
    code = "file_signed"
    sentence = "工作簿带有数字签名，修改会使签名失效，因此不写入。"


class FileUnsupported(WorkbookRefused):
    code = "file_unsupported"
    sentence = "工作簿用了不支持的结构（{what}），请用表格软件另存为 .xlsx 后重试。"


class FileHostile(WorkbookRefused):
    code = "file_hostile"
    sentence = "工作簿含有不安全的内容（{what}），拒绝读取。"


class FileBreaksReader(WorkbookRefused):
    """The reading worker died of it."""

    code = "file_breaks_reader"
    sentence = "文件结构异常或过于庞大，读取已中止，没有作任何更改；请用表格软件打开后另存再试。"


class FileChanged(WorkbookRefused):
    code = "file_changed"
    sentence = "“{name}”在读取之后又被改动过，没有写入，请重新同步。"


class FileLocked(WorkbookRefused):
    code = "file_locked"
    sentence = "“{name}”正被其他程序打开或是只读的，请关闭程序或去除只读后重试。"


class FileUnreadable(WorkbookRefused):
    code = "file_unreadable"
    sentence = "无法读写“{name}”：{why}。"

    @classmethod
    def because(cls, name: str, error: OSError) -> "FileUnreadable":
        """What the operating system said, in words of ours."""
        return cls(name=name, why=REASONS.get(error.errno, f"系统提示 {error.strerror}"))


class SheetMissing(WorkbookRefused):
    code = "sheet_missing"
    sentence = "工作簿里没有名为“{sheet}”的工作表。"


class TableMissing(WorkbookRefused):
    code = "table_missing"
    sentence = "工作簿里没有找到本系统导出的表（隐藏编号列的标记不在），请使用导出的文件。"


class TableAmbiguous(WorkbookRefused):
    code = "table_ambiguous"
    sentence = "工作簿里有不止一张带本系统标记的表（{where}），请只保留一张。"


class WorkbookIsCopy(WorkbookRefused):
    code = "already_bound"
    sentence = "“{name}”已经带有同步标记，请直接同步。"
    by_command = "可用 zwgk sheet sync。"


class NewFileExists(WorkbookRefused):
    code = "new_file_exists"
    sentence = "“{old}”的格式不能写入，应另存为“{new}”，但该文件已存在；未做任何改动。请改用“{new}”填报，或先移走它。"


class SheetProtected(WorkbookRefused):
    code = "sheet_protected"
    sentence = "工作表“{sheet}”设有保护，无法加入编号列；请先在表格软件中撤销工作表保护。"


class EditRefused(WorkbookRefused):
    """Base of refusals of one cell, `at` its address."""

    code = "edit_refused"
    sentence = "无法写入单元格 {at}。"

    @property
    def at(self) -> str:
        return str(self.fields["at"])


class BadAddress(EditRefused):
    code = "edit_bad_address"
    sentence = "单元格地址“{at}”不正确。"


class BadValue(EditRefused):
    code = "edit_bad_value"
    sentence = "单元格 {at} 的内容无法写入：{why}。"


class EditTwice(EditRefused):
    code = "edit_twice"
    sentence = "同一次写入里单元格 {at} 出现了两次。"


class CellIsFormula(EditRefused):
    code = "edit_formula"
    sentence = "单元格 {at} 是公式或属于公式区域，不改写。"


class CellIsMerged(EditRefused):
    code = "edit_merged"
    sentence = "单元格 {at} 被合并单元格覆盖，写入后看不到，不改写。"


class CellIsTableHeader(EditRefused):
    code = "edit_table_header"
    sentence = "单元格 {at} 是智能表格的标题，不改写。"


class CellInPivot(EditRefused):
    code = "edit_pivot"
    sentence = "单元格 {at} 在数据透视表里，刷新后写入的内容会丢失，不改写。"


class CellBelowTable(EditRefused):
    code = "edit_below_table"
    sentence = "单元格 {at} 紧接在智能表格之下，新行不会并入表格，不写入。"


class BadUse(WorkbookRefused):
    code = "bad_use"
    sentence = "参数“{argument}”不正确，应为：工作表名!C7=内容（数字 =n:12.5，日期 =d:2024-06-30，清空 =）。"
