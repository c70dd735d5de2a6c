"""The one shape of everything that is refused: a stable English code and one Chinese sentence made of fields."""


class ZwgkError(Exception):
    """Base of all refusals that a user sees: nothing was changed, exit status 2.

    Subclasses set `code` (stable, English, snake_case), `sentence` (a Chinese template) and, where a command helps,
    `by_command` (another one); the fields are keyword arguments and stay readable on the exception as `.fields`.
    `passing`: the same may well go through a moment later, so a job is begun again for it.
    """

    code = "error"
    sentence = "操作未完成。"
    by_command = ""
    passing = False

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The one Chinese sentence, filled in."""
        return self.sentence.format(**self.fields)

    @property
    def told(self) -> str:
        """The same for somebody who has the command line: with what to do there."""
        return self.message + self.by_command.format(**self.fields)
