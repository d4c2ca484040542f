"""The household facts that the scoring model asks for: name, unit, limits, words, and the headings charities use.

A fact is a whole number; unknown is absent, never zero. Names and codes follow the household survey of the Statistical
Centre, so that a model fitted on the survey reads them as they are. Reading a cell is `fact_values`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class FactName(StrEnum):
    """The name of a household fact, as the survey names its indicator."""

    TENURE = "tenure"
    ROOMS = "rooms"
    AREA_M2 = "area_m2"
    HAS_CAR = "has_car"
    HAS_MOTORCYCLE = "has_motorcycle"
    HAS_FRIDGE_FREEZER = "has_fridge_freezer"
    HAS_FRIDGE = "has_fridge"
    HAS_FREEZER = "has_freezer"
    HAS_WASHING_MACHINE = "has_washing_machine"
    HAS_COMPUTER = "has_computer"
    HAS_INTERNET = "has_internet"
    HAS_PIPED_GAS = "has_piped_gas"
    HAS_BATHROOM = "has_bathroom"
    HAS_KITCHEN = "has_kitchen"
    HAS_VACUUM = "has_vacuum"
    HAS_MICROWAVE = "has_microwave"
    HAS_DISHWASHER = "has_dishwasher"
    HAS_SPLIT_AC = "has_split_ac"
    RENT_PAID = "rent_paid"
    ELECTRICITY_BILL = "electricity_bill"
    GAS_BILL = "gas_bill"
    WATER_BILL = "water_bill"
    WAGE_PRIVATE_ANNUAL = "wage_private_annual"
    WAGE_PUBLIC_ANNUAL = "wage_public_annual"
    PENSION_ANNUAL = "pension_annual"
    SELFEMP_ANNUAL = "selfemp_annual"
    INTEREST_ANNUAL = "interest_annual"
    RENT_INCOME_ANNUAL = "rent_income_annual"
    HEAD_EDU_YEARS = "head_edu_years"
    MAX_EDU_YEARS = "max_edu_years"
    N_EMPLOYED = "n_employed"
    N_STUDENTS = "n_students"
    N_TERTIARY = "n_tertiary"
    HHSIZE = "hhsize"
    HEAD_AGE = "head_age"
    HEAD_FEMALE = "head_female"
    URBAN = "urban"
    N_HEALTH_INSURED = "n_health_insured"
    N_PENSION_INSURED = "n_pension_insured"
    LOAN_TAKEN = "loan_taken"
    DISABLED_COUNT = "disabled_count"
    CHRONIC_ILLNESS_COUNT = "chronic_illness_count"
    HEALTH_COST_ANNUAL = "health_cost_annual"
    SUPPORT_PENSION_MONTHLY = "support_pension_monthly"
    DEBT_SERVICE_MONTHLY = "debt_service_monthly"
    JAILED_FOR_DEBT = "jailed_for_debt"
    ORPHAN_COUNT = "orphan_count"
    DROPOUT_COUNT = "dropout_count"
    NEWLY_WED_COUNT = "newly_wed_count"
    MISSING_AID_COUNT = "missing_aid_count"
    SHOCK_KIND = "shock_kind"


class FactUnit(StrEnum):
    """In what a fact is counted."""

    CODE = "CODE"
    YES_NO = "YES_NO"
    COUNT = "COUNT"
    YEARS = "YEARS"
    SQUARE_METRE = "SQUARE_METRE"
    RIAL_MONTHLY = "RIAL_MONTHLY"
    RIAL_YEARLY = "RIAL_YEARLY"


@dataclass(frozen=True, slots=True)
class FactMeaning:
    """What a fact means and how people write it."""

    name: FactName
    label: str
    unit: FactUnit
    minimum: int
    maximum: int
    """Values outside the limits are typing errors, most often ten times too much; limits are wide on purpose."""
    headings: tuple[str, ...]
    levels: dict[str, int]
    """Persian words for coded values, each with its code."""


YES_NO: Final = {
    "دارد": 1, "دارند": 1, "دارم": 1, "داریم": 1, "بله": 1, "بلی": 1, "آری": 1, "هست": 1, "است": 1, "شده": 1, "✓": 1,
    "✔": 1, "*": 1, "x": 1, "yes": 1, "true": 1, "ندارد": 0, "ندارند": 0, "ندارم": 0, "نداریم": 0, "خیر": 0, "نه": 0,
    "نیست": 0, "نشده": 0, "-": 0, "no": 0, "false": 0, "فاقد": 0,
}  # fmt: skip
TENURES: Final = {
    "ملکی": 1, "شخصی": 1, "مالک": 1, "ملکی شخصی": 1, "عرصه و اعیان": 1, "خانه دارد": 1, "ملکی عرصه و اعیان": 1,
    "اعیان": 2,
    "ملکی اعیان": 2, "مالک بنا": 2, "اوقافی": 2, "استیجاری": 3, "اجاره": 3, "اجاره‌ای": 3, "مستأجر": 3, "مستاجر": 3,
    "اجاره و رهن": 3, "رهن و اجاره": 3, "رهن": 4, "رهنی": 4, "رهن کامل": 4, "سازمانی": 5, "خانه سازمانی": 5,
    "در برابر خدمت": 5, "سرایداری": 5, "سرایدار": 5, "رایگان": 6, "مجانی": 6, "منزل پدری": 6, "خانه پدری": 6, "پدری": 6,
    "منزل اقوام": 6, "منزل بستگان": 6, "خانه خیریه": 6, "امانی": 6, "سایر": 7, "چادر": 7, "کپر": 7, "بی‌خانمان": 7,
    "فاقد مسکن": 7,
}  # fmt: skip
# Years of schooling that a level stands for, as the survey counts them.
SCHOOLING: Final = {
    "بی‌سواد": 0, "بیسواد": 0, "نهضت": 2, "نهضت سوادآموزی": 2, "خواندن و نوشتن": 2, "کم‌سواد": 2, "ابتدایی": 5,
    "پنجم": 5,
    "ششم": 6, "سیکل": 8, "راهنمایی": 8, "متوسطه اول": 9, "متوسطه": 11, "دبیرستان": 11, "زیر دیپلم": 9, "دیپلم": 12,
    "متوسطه دوم": 12, "پیش دانشگاهی": 12, "فوق دیپلم": 14, "کاردانی": 14, "لیسانس": 16, "کارشناسی": 16,
    "فوق لیسانس": 18, "کارشناسی ارشد": 18, "ارشد": 18, "دکتری": 22, "دکترا": 22, "حوزوی": 12,
}  # fmt: skip
PLACES_LIVED: Final = {"شهری": 1, "شهر": 1, "شهرنشین": 1, "روستایی": 0, "روستا": 0, "ده": 0, "عشایری": 0, "عشایر": 0}
SHOCKS: Final = {
    "ندارد": 0, "هیچ": 0, "نداشته": 0, "فوت سرپرست": 1, "مرگ نان‌آور": 1, "فوت": 1, "آتش‌سوزی": 2, "حریق": 2, "سیل": 3,
    "زلزله": 3, "بلای طبیعی": 3, "از دست دادن کار": 4, "اخراج": 4, "بیکاری ناگهانی": 4, "تصادف": 5, "حادثه": 5,
}  # fmt: skip
HEAD_GENDERS: Final = {"زن": 1, "خانم": 1, "مونث": 1, "بله": 1, "مرد": 0, "آقا": 0, "مذکر": 0, "خیر": 0}

_LIMITS: Final = {
    FactUnit.YES_NO: (0, 1),
    FactUnit.COUNT: (0, 30),
    FactUnit.YEARS: (0, 30),
    FactUnit.RIAL_MONTHLY: (0, 2_000_000_000),  # 200 million toman a month
    FactUnit.RIAL_YEARLY: (0, 30_000_000_000),  # 3 billion toman a year
}


def _fact(
    name: FactName, label: str, unit: FactUnit, *headings: str, limits: tuple[int, int] | None = None,
    levels: dict[str, int] | None = None,
) -> FactMeaning:  # fmt: skip
    minimum, maximum = limits or _LIMITS[unit]
    words = levels if levels is not None else YES_NO if unit is FactUnit.YES_NO else {}
    return FactMeaning(name, label, unit, minimum, maximum, (label, *headings), words)


_N, _U = FactName, FactUnit
_DWELLING: Final = (
    _fact(_N.TENURE, "نحوهٔ تصرف خانه", _U.CODE, "وضعیت مسکن", "نوع مسکن", "مسکن", "نوع تصرف", "نحوه تصرف",
          "وضعیت سکونت",
          "نوع مالکیت", "مالکیت مسکن", "وضعیت منزل", "نوع منزل", "تصرف", limits=(1, 7), levels=TENURES),
    _fact(_N.ROOMS, "تعداد اتاق", _U.COUNT, "اتاق", "تعداد اطاق", "تعداد اتاق‌ها", "تعداد اتاق در اختیار",
          "تعداد خواب"),
    _fact(_N.AREA_M2, "مساحت خانه", _U.SQUARE_METRE, "متراژ", "مساحت", "زیربنا", "متراژ منزل", "متراژ خانه",
          "مساحت منزل",
          "سطح زیربنا", "متراژ مسکن", "مساحت زیربنا", limits=(4, 2000)),
    _fact(_N.HAS_PIPED_GAS, "گاز لوله‌کشی", _U.YES_NO, "گاز شهری", "گازکشی", "گاز", "گاز طبیعی", "انشعاب گاز"),
    _fact(_N.HAS_BATHROOM, "حمام", _U.YES_NO, "حمام دارد", "گرمابه", "سرویس حمام"),
    _fact(_N.HAS_KITCHEN, "آشپزخانه", _U.YES_NO, "آشپزخانه دارد", "اشپزخانه", "مطبخ"),
    _fact(_N.URBAN, "شهری یا روستایی", _U.YES_NO, "شهری/روستایی", "شهر یا روستا", "محل سکونت شهری", "نوع منطقه",
          "شهر/روستا", "نقطه شهری", levels=PLACES_LIVED),
)  # fmt: skip
_BELONGINGS: Final = (
    _fact(_N.HAS_CAR, "خودرو", _U.YES_NO, "ماشین", "اتومبیل", "وسیله نقلیه", "خودروی شخصی", "خودرو سواری",
          "ماشین سواری",
          "مالکیت خودرو"),
    _fact(_N.HAS_MOTORCYCLE, "موتورسیکلت", _U.YES_NO, "موتور", "موتور سیکلت"),
    _fact(_N.HAS_FRIDGE_FREEZER, "یخچال فریزر", _U.YES_NO, "یخچال‌فریزر", "یخچال و فریزر", "ساید بای ساید", "ساید"),
    _fact(_N.HAS_FRIDGE, "یخچال", _U.YES_NO),
    _fact(_N.HAS_FREEZER, "فریزر", _U.YES_NO),
    _fact(_N.HAS_WASHING_MACHINE, "ماشین لباسشویی", _U.YES_NO, "لباسشویی", "لباس شویی", "ماشین لباس‌شویی"),
    _fact(_N.HAS_COMPUTER, "رایانه", _U.YES_NO, "کامپیوتر", "لپ تاپ", "لپتاپ", "تبلت", "رایانه/لپ‌تاپ",
          "کامپیوتر و لپ تاپ"),
    _fact(_N.HAS_INTERNET, "اینترنت", _U.YES_NO, "دسترسی به اینترنت", "اینترنت خانگی"),
    _fact(_N.HAS_VACUUM, "جاروبرقی", _U.YES_NO, "جارو برقی", "جارو"),
    _fact(_N.HAS_MICROWAVE, "مایکروویو", _U.YES_NO, "ماکروویو", "مایکروفر", "ماکروفر", "مایکرو ویو"),
    _fact(_N.HAS_DISHWASHER, "ماشین ظرفشویی", _U.YES_NO, "ظرفشویی", "ظرف شویی", "ماشین ظرف‌شویی"),
    _fact(_N.HAS_SPLIT_AC, "کولر گازی", _U.YES_NO, "اسپلیت", "کولرگازی", "کولر گازی/اسپلیت"),
)  # fmt: skip
_MONEY: Final = (
    _fact(_N.RENT_PAID, "اجارهٔ ماهانه", _U.RIAL_MONTHLY, "اجاره", "مبلغ اجاره", "کرایه", "کرایه خانه", "اجاره بها",
          "اجاره‌بها", "میزان اجاره", "اجاره خانه", "مبلغ اجاره ماهیانه", "اجاره ماهیانه"),
    _fact(_N.ELECTRICITY_BILL, "قبض برق", _U.RIAL_MONTHLY, "هزینه برق", "مبلغ قبض برق", "پول برق"),
    _fact(_N.GAS_BILL, "قبض گاز", _U.RIAL_MONTHLY, "هزینه گاز", "مبلغ قبض گاز", "پول گاز"),
    _fact(_N.WATER_BILL, "قبض آب", _U.RIAL_MONTHLY, "هزینه آب", "مبلغ قبض آب", "پول آب"),
    _fact(_N.WAGE_PRIVATE_ANNUAL, "دستمزد سالانهٔ بخش خصوصی", _U.RIAL_YEARLY, "دستمزد بخش خصوصی", "حقوق بخش خصوصی",
          "دستمزد", "مزد", "دستمزد سالانه",
          "حقوق", "حقوق و دستمزد", "درآمد", "میزان درآمد", "درآمد خانوار", "درآمد سرپرست", "کل درآمد", "جمع درآمد"),
    _fact(_N.WAGE_PUBLIC_ANNUAL, "حقوق سالانهٔ بخش دولتی", _U.RIAL_YEARLY, "حقوق بخش دولتی", "حقوق دولتی",
          "دستمزد دولتی", "حقوق کارمندی"),
    _fact(_N.PENSION_ANNUAL, "مستمری و بازنشستگی سالانه", _U.RIAL_YEARLY, "مستمری و بازنشستگی", "حقوق بازنشستگی",
          "مستمری", "بازنشستگی", "مستمری سالانه",
          "مبلغ مستمری", "مستمری تامین اجتماعی", "حقوق مستمری", "مستمری بازماندگان"),
    _fact(_N.SELFEMP_ANNUAL, "درآمد سالانهٔ کار آزاد", _U.RIAL_YEARLY, "درآمد کار آزاد", "درآمد شغل آزاد",
          "درآمد آزاد", "درآمد خوداشتغالی",
          "درآمد کشاورزی", "درآمد کسب و کار", limits=(-30_000_000_000, 30_000_000_000)),
    _fact(_N.INTEREST_ANNUAL, "سود سالانهٔ بانک", _U.RIAL_YEARLY, "سود بانکی", "سود سپرده", "سود سپرده بانکی",
          "سود بانک"),
    _fact(_N.RENT_INCOME_ANNUAL, "درآمد سالانهٔ اجاره", _U.RIAL_YEARLY, "درآمد اجاره", "اجاره دریافتی",
          "درآمد از اجاره", "درآمد ملک"),
    _fact(_N.LOAN_TAKEN, "وام", _U.YES_NO, "وام گرفته", "دریافت وام", "وام دارد", "تسهیلات", "وام دریافتی"),
    _fact(_N.HEALTH_COST_ANNUAL, "هزینهٔ سالانهٔ درمان", _U.RIAL_YEARLY, "هزینه درمان", "هزینه درمانی",
          "هزینه‌های درمان", "مخارج درمان",
          "هزینه دارو و درمان", "هزینه دارو", "هزینه سالانه درمان"),
)  # fmt: skip
_MEMBERS: Final = (
    _fact(_N.HEAD_EDU_YEARS, "تحصیلات سرپرست", _U.YEARS, "تحصیلات", "میزان تحصیلات", "سطح تحصیلات", "مدرک تحصیلی",
          "سواد",
          "مدرک", "میزان سواد", "سال‌های تحصیل سرپرست", levels=SCHOOLING),
    _fact(_N.MAX_EDU_YEARS, "بالاترین تحصیلات خانوار", _U.YEARS, "بیشترین تحصیلات", "بالاترین مدرک", levels=SCHOOLING),
    _fact(_N.N_EMPLOYED, "تعداد شاغل", _U.COUNT, "تعداد شاغلین", "شاغلین", "تعداد افراد شاغل", "شاغل", "تعداد نان‌آور"),
    _fact(_N.N_STUDENTS, "تعداد محصل", _U.COUNT, "محصل", "تعداد دانش آموز", "دانش‌آموز", "تعداد محصلین", "فرزند محصل",
          "تعداد فرزند محصل", "تعداد دانش‌آموزان"),
    _fact(_N.N_TERTIARY, "تعداد دانش‌آموختهٔ دانشگاه", _U.COUNT, "تعداد دانشجو", "دانشجو", "تعداد تحصیلکرده دانشگاهی"),
    _fact(_N.HHSIZE, "تعداد اعضای خانوار", _U.COUNT, "بعد خانوار", "تعداد افراد", "تعداد خانوار", "تعداد نفرات",
          "تعداد اعضا", "تعداد عائله", "عائله", "افراد تحت تکفل", "تعداد افراد تحت تکفل", "تعداد افراد خانوار", "نفرات",
          "تعداد اعضای خانواده", "تعداد نفر", "جمعیت خانوار", "تعداد عایله", limits=(1, 30)),
    _fact(_N.HEAD_AGE, "سن سرپرست", _U.YEARS, "سن سرپرست خانوار", "سن", limits=(10, 120)),
    _fact(_N.HEAD_FEMALE, "سرپرست زن", _U.YES_NO, "زن سرپرست", "زن سرپرست خانوار", "جنسیت سرپرست", "جنس سرپرست",
          levels=YES_NO | HEAD_GENDERS),
    _fact(_N.N_HEALTH_INSURED, "تعداد بیمهٔ درمان", _U.COUNT, "تعداد بیمه شده", "تعداد بیمه درمانی",
          "بیمه‌شدگان درمان"),
    _fact(_N.N_PENSION_INSURED, "تعداد بیمهٔ بازنشستگی", _U.COUNT, "تعداد بیمه پرداز", "تعداد بیمه تامین اجتماعی"),
    _fact(_N.DISABLED_COUNT, "تعداد معلول", _U.COUNT, "معلول", "معلولیت", "تعداد معلولین", "تعداد افراد معلول",
          "معلولین",
          "تعداد توان‌یاب", "توان‌یاب", "عضو معلول"),
    _fact(_N.CHRONIC_ILLNESS_COUNT, "تعداد بیمار", _U.COUNT, "بیمار خاص", "تعداد بیمار خاص", "بیماری خاص",
          "تعداد بیماران",
          "بیماری", "بیمار صعب‌العلاج", "بیماری مزمن", "بیماران خاص"),
)  # fmt: skip
_EVENTS: Final = (
    _fact(_N.SUPPORT_PENSION_MONTHLY, "مستمری ماهانهٔ نهاد حمایتی", _U.RIAL_MONTHLY, "مستمری امداد",
          "مستمری بهزیستی", "مستمری کمیته امداد", "مستمری نهاد حمایتی"),
    _fact(_N.DEBT_SERVICE_MONTHLY, "قسط ماهانهٔ بدهی", _U.RIAL_MONTHLY, "قسط", "قسط ماهانه", "مبلغ قسط", "اقساط",
          "قسط ماهیانه"),
    _fact(_N.JAILED_FOR_DEBT, "زندانی بدهی غیرعمد", _U.YES_NO, "زندانی جرایم غیرعمد", "زندانی بدهی", "زندانی غیرعمد"),
    _fact(_N.ORPHAN_COUNT, "تعداد فرزند یتیم", _U.COUNT, "یتیم", "ایتام", "فرزند یتیم", "تعداد ایتام", "تعداد یتیم"),
    _fact(_N.DROPOUT_COUNT, "تعداد کودک بازمانده از تحصیل", _U.COUNT, "بازمانده از تحصیل", "ترک تحصیل",
          "کودک بازمانده از تحصیل"),
    _fact(_N.NEWLY_WED_COUNT, "تعداد ازدواج یک سال گذشته", _U.COUNT, "نوعروس", "نیازمند جهیزیه", "ازدواج تازه",
          "عقد تازه"),
    _fact(_N.MISSING_AID_COUNT, "تعداد وسیلهٔ توان‌یابی لازم", _U.COUNT, "وسیله توانبخشی لازم", "نیاز توانبخشی",
          "وسیله توان‌یابی"),
    _fact(_N.SHOCK_KIND, "پیشامد ناگهانی", _U.CODE, "پیشامد", "حادثه", "بحران", "حادثه اخیر", limits=(0, 5),
          levels=SHOCKS),
)  # fmt: skip

FACTS: Final[dict[FactName, FactMeaning]] = {
    meaning.name: meaning for meaning in (*_DWELLING, *_BELONGINGS, *_MONEY, *_MEMBERS, *_EVENTS)
}
# An event passes: half a year after it was seen nobody may say that a shock is of today, nor a wedding after a year.
FACT_VALID_DAYS: Final = {FactName.SHOCK_KIND: 180, FactName.NEWLY_WED_COUNT: 365}
