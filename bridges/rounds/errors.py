"""What rounds refuse."""

from tenants.errors import ZwgkError


class RoundUnknown(ZwgkError):
    """No such round, or none that this tenant may see: both answer alike."""

    code = "round_unknown"
    sentence = "没有编号为“{key}”的下发批次。"
    by_command = "可用 zwgk round list 查看。"


class NoRound(ZwgkError):
    """Nothing was handed out yet."""

    code = "no_round"
    sentence = "还没有下发过，请先下发。"
    by_command = "可运行 zwgk round send。"


class RoundUnderWay(ZwgkError):
    """The interrupted round in this folder was begun with other words, which stand in its packets already."""

    code = "round_under_way"
    sentence = "文件夹“{folder}”中的第 {key} 批下发尚未完成，{what}与开始时不同。请用原来的选项继续，或换一个文件夹。"


class PlanIsDraft(ZwgkError):
    """Rows of a draft may still be split among units."""

    code = "plan_is_draft"
    sentence = "《{title}》还未确认，确认后行会分到各单位，请先确认。"
    by_command = "可运行 zwgk plan confirm。"


class NothingToSend(ZwgkError):
    """None of the units has a row."""

    code = "nothing_to_send"
    sentence = "没有可下发的单位：{why}。"


class PacketExists(ZwgkError):
    """A file that is not this round's packet has its name: it is never overwritten."""

    code = "packet_exists"
    sentence = "“{name}”已存在，且不是本批下发的文件，未覆盖。请移走它，或换一个文件夹，然后重新运行。"


class NotCsv(ZwgkError):
    """The chasing list is written anew each time; under another name it could take somebody's workbook away."""

    code = "not_csv"
    sentence = "“{name}”不是 .csv 文件，未写入：催办名单只能写成 .csv 文件，请换文件名。"


class Interrupted(ZwgkError):
    """Ctrl-C; everything finished so far stands."""

    code = "interrupted"
    sentence = "已中断，已完成 {done} 份。再次运行同一命令，即从中断处继续。"


class NoSuchFile(ZwgkError):
    """--accept or --confirm names a file that is not among those to be collected."""

    code = "no_such_file"
    sentence = "要汇总的文件中没有“{file}”，未汇总。请照报告中的文件名填写。"


class BadOption(ZwgkError):
    """An option FILE=… without its second half."""

    code = "bad_option"
    sentence = "“{given}”的写法应为 文件={what}。"


class CorrectionUnknown(ZwgkError):
    """No value of this cell was replaced by a later return."""

    code = "correction_unknown"
    sentence = "“{row}”的“{field}”没有被后来的回收件更正过的值{which}。"
    by_command = "可用 zwgk round status 查看。"


class PacketUnknown(ZwgkError):
    """Nothing was handed out to the unit in this round, or whoever asks may not have it, or it is kept no longer, or it
    was written into a folder: all answer alike."""

    code = "packet_unknown"
    sentence = "本批没有可下载的、发给编号为 {unit} 的单位的下发表（下发时生成的文件保存 30 天）。"


class NotAPacket(ZwgkError):
    """Only what a unit got can be divided."""

    code = "not_a_packet"
    sentence = "“{name}”不是发给单位的下发表，不能划分。"


class PacketNotRead(ZwgkError):
    """What was typed into it would be missing in the parts."""

    code = "packet_not_read"
    sentence = "“{name}”未划分：{why}"


class PacketNotCollected(PacketNotRead):
    """It is read first."""

    sentence = "“{name}”未划分：表中有尚未汇总的填报，请先汇总。"
    by_command = "可运行 zwgk round collect。"


class ColumnUnknown(ZwgkError):
    """No column to divide by, or more than one."""

    code = "column_unknown"
    sentence = "表中没有（或不止一列）标题为“{header}”的列。"


class RowUnknown(ZwgkError):
    """A row number of the sheet that is none of the table."""

    code = "row_unknown"
    sentence = "表中第 {number} 行不是任务行。"


class NothingToDivide(ZwgkError):
    """No row is any division's."""

    code = "nothing_to_divide"
    sentence = "没有写明任何科室，未划分；请写明科室，或按哪一列划分。"
    by_command = "（--into 科室=行号，--by 列名）"
