"""Why two records are, or may be, one person: each field with what it gave, in a line for a file and in Persian."""

from typing import Final

from sakha.linkage.rules.scoring import OTHERS, PRIOR, PairScore

FIELD_NAMES: Final[dict[str, str]] = {
    "given": "نام", "family": "نام خانوادگی", "father": "نام پدر", "national_id": "کد ملی", "birth": "تاریخ تولد",
    "mobile": "موبایل", "home": "نشانی", "place": "شهرستان", "gender": "جنسیت", "file": "پروندهٔ خانوار",
    "context": "هم‌پرونده‌ای‌ها",
}  # fmt: skip
_NAMES: Final = {
    "RARE": "یکی است و کم‌تکرار", "USUAL": "یکی است", "COMMON": "یکی است و پرتکرار", "HEARD": "هم‌آوا نوشته شده",
    "SLIP": "یک لغزش نوشتن دارد", "PART": "یکی بخشی از دیگری است", "NEAR": "نزدیک است", "DIFFERENT": "فرق دارد",
    "CROSSED": "جابه‌جا نوشته شده",
}  # fmt: skip
LEVEL_SENTENCES: Final[dict[str, dict[str, str]]] = {
    "given": _NAMES,
    "family": _NAMES,
    "father": _NAMES,
    "national_id": {
        "CHECKED": "یکی است", "UNCHECKED": "یکی است ولی رقم کنترل ندارد", "SHARED": "یکی است ولی چند نفر آن را دارند",
        "SLIP": "یکی دو رقم فرق دارد", "NEIGHBOUR": "پشت سر هم صادر شده", "OTHER": "دو کد درست و متفاوت است",
        "DIFFERENT": "فرق دارد",
    },
    "birth": {
        "EQUAL": "یکی است", "SWAPPED": "روز و ماه جابه‌جاست", "SLIP": "یک رقم فرق دارد",
        "YEAR_ONLY": "سال یکی است و روز دانسته نیست", "TWO_PARTS": "دو بخش از سه بخش یکی است", "YEAR": "سال یکی است",
        "NEAR_YEAR": "سال نزدیک است", "DIFFERENT": "فرق دارد",
    },
    "mobile": {
        "EQUAL": "یکی است", "SHARED": "یکی است ولی چند خانواده آن را دارند", "SLIP": "یک رقم فرق دارد",
        "DIFFERENT": "فرق دارد",
    },
    "home": {
        "BOTH": "کد پستی و نشانی یکی است", "POSTAL": "کد پستی یکی است", "ADDRESS": "یکی است",
        "NEAR_ADDRESS": "نزدیک است", "AREA": "یکی است ولی چند خانواده آن را دارند", "DIFFERENT": "فرق دارد",
    },
    "place": {"COUNTY": "یکی است", "PROVINCE": "فرق دارد ولی استان یکی است", "DIFFERENT": "فرق دارد"},
    "gender": {"SAME": "یکی است", "OTHER": "فرق دارد"},
    "file": {"OTHER": "دو پروندهٔ جدا", "SAME": "در یک پرونده‌اند", "LIKELY_SAME": "گویا در یک پرونده‌اند"},
    "context": {
        "LINKED": "همراه دیگری هم یکی است", "MATE": "تنها همراهانشان یکی‌اند",
        "UNLINKED": "هیچ همراهی یکی نیست", "TAKEN": "یکی‌شان با کس دیگری یکی است",
    },
}  # fmt: skip


def reason_line(score: PairScore) -> str:
    """Write a score for programs: `national_id=CHECKED:+9.71 birth=EQUAL:-0.36 …`; the numbers add up to the weight."""
    return " ".join(
        f"{reason.field}{f'={reason.level}' if reason.level else ''}:{reason.weight:+.2f}" for reason in score.reasons
    )


def reason_sentences(score: PairScore) -> tuple[str, ...]:
    """Say in Persian what agrees and differs, the weightiest first."""
    fields = [reason for reason in score.reasons if reason.field not in {PRIOR, OTHERS}]
    fields.sort(key=lambda reason: -abs(reason.weight))
    return tuple(f"{FIELD_NAMES[reason.field]}: {LEVEL_SENTENCES[reason.field][reason.level]}" for reason in fields)
