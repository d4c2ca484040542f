"""The words of this room's notices. None names a person, a reason or an aid; all pass `fit_text`."""

from enum import StrEnum
from typing import Final


class FileState(StrEnum):
    """Where the file of whoever asks stands, as far as a phone may be told."""

    REGISTERED = "REGISTERED"
    BEGUN = "BEGUN"
    INVITED = "INVITED"
    WITHDRAWN = "WITHDRAWN"
    NONE = "NONE"


STATUS_TEXTS: Final = {
    FileState.REGISTERED: "سخا: پروندهٔ شما ثبت است و بررسی می‌شود. دیدن پرونده: {address}/d",
    FileState.BEGUN: "سخا: ثبت خانوار شما نیمه‌کاره است. ادامه: {address}/d",
    FileState.INVITED: "سخا: دعوت شما باز است. پیوند و رمز آن در پیامک پیشین است.",
    FileState.WITHDRAWN: "سخا: پروندهٔ شما به خواست خودتان پایان یافته است.",
    FileState.NONE: "سخا: با این شماره پرونده‌ای نیست. برای ثبت به فرمانداری شهرستان بروید.",
}
HELP: Final = "سخا: برای آگاهی از پرونده «وضعیت» و برای نگرفتن پیامک «لغو» بفرستید."
REMINDER: Final = "سامانهٔ احسان و نیکوکاری (سخا): ثبت خانوار شما نیمه‌کاره مانده است.\n{address}/d\nلغو۱۱"
CONFIRMER_LINK: Final = "سخا (احسان و نیکوکاری): چند پرسش کوتاه دربارهٔ محل شما، تا دو روز:\n{address}/g/{token}/"
CLOSING_PROPOSED: Final = (
    "سخا: یکی از نهادها می‌گوید کارش با خانوار شما پایان یافته است."
    " اگر چنین نیست، تا دو هفته در پروندهٔ خودتان یا در فرمانداری بگویید."
)
# By the step of an appeal; a step without words is told to nobody.
APPEAL_TEXTS: Final = {
    "ANSWERED": "سخا: به درخواست بازبینی شما پاسخی رسید: {address}/d",
    "ESCALATED": "سخا: درخواست بازبینی شما به مرحلهٔ بعد رفت: {address}/d",
    "VISIT_SENT": "سخا: برای درخواست بازبینی شما کسی به دیدارتان می‌آید.",
    "DECIDED": "سخا: دربارهٔ درخواست بازبینی شما تصمیم گرفته شد: {address}/d",
}
