"""How a person stands in the household and which gender is written, and the words that charities use for both."""

from enum import StrEnum
from typing import Final


class Relation(StrEnum):
    """To the head of the household."""

    HEAD = "HEAD"
    SPOUSE = "SPOUSE"
    CHILD = "CHILD"
    PARENT = "PARENT"
    OTHER = "OTHER"


class Gender(StrEnum):
    """As in the identity document; unknown is the empty text."""

    MALE = "M"
    FEMALE = "F"


# Keys are written as people write them and folded by `vocabulary.persian_text.match_key` where they are used.
RELATION_WORDS: Final[dict[str, Relation]] = {
    **dict.fromkeys(("سرپرست", "سرپرست خانوار", "خود", "خودش", "خود مددجو", "خود فرد", "head"), Relation.HEAD),
    **dict.fromkeys(("همسر", "زوجه", "زوج", "شوهر", "زن", "spouse"), Relation.SPOUSE),
    **dict.fromkeys(("فرزند", "پسر", "دختر", "فرزند پسر", "فرزند دختر", "فرزندخوانده", "child"), Relation.CHILD),
    **dict.fromkeys(("پدر", "مادر", "والدین", "والد", "parent"), Relation.PARENT),
    **dict.fromkeys(
        (
            "سایر",
            "خواهر",
            "برادر",
            "نوه",
            "عروس",
            "داماد",
            "پدربزرگ",
            "مادربزرگ",
            "پدر همسر",
            "مادر همسر",
            "خواهرزاده",
            "برادرزاده",
            "بستگان",
            "وابسته",
            "تحت تکفل",
            "other",
        ),
        Relation.OTHER,
    ),
}

GENDER_WORDS: Final[dict[str, Gender]] = {
    **dict.fromkeys(("مرد", "مذکر", "پسر", "آقا", "ذکور", "م", "male", "m"), Gender.MALE),
    **dict.fromkeys(("زن", "مونث", "مؤنث", "دختر", "خانم", "اناث", "ز", "ث", "female", "f"), Gender.FEMALE),
}

# What people write where there is nothing to write.
BLANK_WORDS: Final[frozenset[str]] = frozenset(
    (
        "", "-", "--", "---", "_", ".", "*", "/", "؟", "?", "0", "00", "ندارد", "ندارم", "فاقد", "نامشخص", "نامعلوم",
        "ثبت نشده", "بدون", "خالی", "null", "none", "n/a", "na", "#n/a", "nan",
    )
)  # fmt: skip
