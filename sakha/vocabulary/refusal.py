"""What the house says when it declines: a stable code for programs and a warm Persian sentence for people.

Each refusal is a subclass defined beside the rule or action that raises it, and named as a fact.
"""

from typing import ClassVar

from sakha.vocabulary.digits import group_thousands


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not an error, and is named as a fact
    """A request that is declined, with the field it is about and the facts that its sentence names.

    `str()` gives the code and the field only, so that a log line never carries what a person typed.
    """

    code: ClassVar[str] = "REFUSED"
    sentence: ClassVar[str] = "این کار انجام نشد."

    def __init__(self, *, field: str = "", **facts: object) -> None:
        super().__init__()
        self._field = field
        self._facts = facts

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls.code.isascii() or cls.code != cls.code.upper() or " " in cls.code:
            message = f"{cls.__name__}.code must be UPPER_SNAKE"
            raise TypeError(message)

    @property
    def field(self) -> str:
        """The name of the field that is refused, or an empty text."""
        return self._field

    @property
    def facts(self) -> dict[str, object]:
        """The facts of this refusal, by the names that its sentence uses."""
        return dict(self._facts)

    @property
    def message(self) -> str:
        """The Persian sentence, with its facts filled in and its whole numbers in Persian digits."""
        shown = {name: group_thousands(fact) if type(fact) is int else fact for name, fact in self._facts.items()}
        return self.sentence.format(**shown)

    def __str__(self) -> str:
        return f"{self.code} ({self._field})" if self._field else self.code
