"""Status words that an office teaches: what its units write and `core.plans.words` does not list."""

import unicodedata
from collections.abc import Collection
from datetime import date

from sqlalchemy import Text, any_, delete, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from core.plans.models import Assignment, Occurrence, Plan, StatusWord, Task
from core.plans.words import CHOICES, Status, read_status, status_word
from core.plans.writing import Writing, writing
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession

END_MARKS = "。.,;、!:"


class StatusUnknown(ZwgkError):
    """A word can only be taught by one that is understood."""

    code = "status_unknown"
    sentence = "“{word}”不是可识别的状态，请写：{choices}。"


class WordTaken(ZwgkError):
    """Everybody's words mean the same for everybody."""

    code = "word_taken"
    sentence = "“{word}”是通用词，表示“{means}”，不能另作他用。"


class WordUnknown(ZwgkError):
    """This word was never taught."""

    code = "word_unknown"
    sentence = "没有学过“{word}”这个词。"
    by_command = "可用 zwgk sheet word 查看。"


def _key(word: str) -> str:
    """A word as it is compared: blanks, widths and end marks do not matter."""
    return "".join(unicodedata.normalize("NFKC", word).split()).strip(END_MARKS)


def read_words(session: ScopedSession) -> dict[str, str]:
    """The taught words of the session's tenant → normal form of the status."""
    return dict(map(tuple, session.execute(select(StatusWord.word, StatusWord.form).order_by(StatusWord.id))))


def teach_word(session: ScopedSession, word: str, meaning: str, today: date) -> Status:
    """From now on `word` says what `meaning` says; a word taught before gets the new meaning.

    Raises `StatusUnknown`, `WordTaken`.
    """
    status, text = read_status(meaning), _key(word)
    if status is None or not text:
        raise StatusUnknown(word=meaning if text else word, choices="、".join(CHOICES))
    if known := read_status(word):
        raise WordTaken(word=word, means=status_word(known))
    old = session.scalar(select(StatusWord).where(StatusWord.word == text))
    if old is None or old.form != status.norm:
        taught = old or StatusWord(word=text)
        before, taught.form = (old.form if old else None), status.norm
        session.add(taught)
        session.flush()
        record(session, [FieldChange(StatusWord.__tablename__, taught.id, text, before, status.norm)])
        _look_again(session, text, today)
    return status


def forget_word(session: ScopedSession, word: str, today: date) -> None:
    """A taught word is not understood any more; what was read by it stays. Raises `WordUnknown`."""
    gone = session.execute(
        delete(StatusWord).where(StatusWord.word == _key(word)).returning(StatusWord.id, StatusWord.form)
    ).one_or_none()
    if gone is None:
        raise WordUnknown(word=word)
    record(session, [FieldChange(StatusWord.__tablename__, gone.id, _key(word), gone.form, None)])
    _look_again(session, _key(word), today)


def _look_again(session: ScopedSession, word: str, today: date) -> None:
    """Sheets that were in step with a plan are so no more: a cell that nobody understood may be understood now."""
    shown = session.scalars(select(Occurrence.status_word).distinct())
    alike = [written for written in shown if word in _key(written)]
    for plan_id in session.scalars(select(Plan.id).order_by(Plan.id)):
        with writing(session, plan_id, today) as work:
            work.advances = True
            _read_anew(work, alike)


def _read_anew(work: Writing, words: Collection[str]) -> None:
    """Rows that show such a word keep the status that it stood for: it cannot be told from the word any more. No cell
    of theirs was changed."""
    of_plan = select(Assignment.id).join(Task, tenant_join(Assignment.task_id, Task))
    of_plan = of_plan.where(Task.plan_id == work.plan.id)
    showing = Occurrence.status_word == any_(literal(list(words), ARRAY(Text)))
    rows = update(Occurrence).where(showing, Occurrence.assignment_id.in_(of_plan))
    work.session.execute(rows.values(rev=work.revision))
