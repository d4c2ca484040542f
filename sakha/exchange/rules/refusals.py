"""How SP DCI says no: to a whole message, with an `err.` code, or to one item of it, with a `rjct.` code."""

from typing import ClassVar

from sakha.vocabulary.refusal import Refusal


class MessageRefused(Refusal):
    """Nothing of the message is taken; `error` is a code of the standard."""

    code: ClassVar[str] = "DCI_REFUSED"
    sentence: ClassVar[str] = "این پیام پذیرفته نشد: {reason}"

    def __init__(self, *, reason: str, error: str = "err.request.bad") -> None:
        super().__init__(field="message", reason=reason)
        self.reason = reason
        self.error = error


class ItemRefused(Refusal):
    """One item is answered `rjct`, the others as they are; `error` is a code of the standard."""

    code: ClassVar[str] = "DCI_ITEM_REFUSED"
    sentence: ClassVar[str] = "این بخش از پیام پذیرفته نشد: {reason}"

    def __init__(self, *, reason: str, error: str = "rjct.search_criteria.invalid") -> None:
        super().__init__(field="search_criteria", reason=reason)
        self.reason = reason
        self.error = error
