"""English names of what the vocabulary names in Persian, for the public's pages alone."""

from __future__ import annotations

from typing import Final

from sakha.coordination.rules.grievances import GrievanceKind
from sakha.vocabulary.need_kinds import NeedKind

MONTHS_EN: Final = (
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman",
    "Esfand",
)  # fmt: skip
KINDS_EN: Final = {
    NeedKind.FOOD: "Food parcel",
    NeedKind.CASH: "Monthly cash",
    NeedKind.HEALTH: "Treatment",
    NeedKind.RENT: "Rent",
    NeedKind.DWELLING: "Repair of the home",
    NeedKind.EDUCATION: "Education",
    NeedKind.DISABILITY: "Aids for a disability",
    NeedKind.WORK: "Work and tools",
    NeedKind.DOWRY: "Dowry",
    NeedKind.DEBT: "Debt",
    NeedKind.HOME_GOODS: "Household goods",
    NeedKind.ORPHAN: "Support of an orphan",
    NeedKind.SHOCK: "Sudden misfortune",
}
GRIEVANCES_EN: Final = {
    GrievanceKind.COMPLAINT: "Complaint",
    GrievanceKind.SUGGESTION: "Suggestion",
    GrievanceKind.MISUSE: "Report of misuse",
    GrievanceKind.NOT_RECEIVED: "Delivery that did not arrive",
}
# Of households, and what else there is to object to.
FACTS_EN: Final = {
    "VISIT": "Asked for a visit",
    "DECISION": "Asked for a committee",
    "equivalent_size": "Size of the household",
    "place": "Where it lives",
    "registered_income": "Registered wages and pensions, per adult",
    "earned_income": "All earnings and pensions, per adult",
    "tenure": "Kind of dwelling",
    "rooms": "Rooms",
    "area_m2": "Floor area",
    "has_car": "Car",
    "has_motorcycle": "Motorcycle",
    "has_fridge_freezer": "Fridge-freezer",
    "has_fridge": "Fridge",
    "has_freezer": "Freezer",
    "has_washing_machine": "Washing machine",
    "has_computer": "Computer",
    "has_internet": "Internet at home",
    "has_piped_gas": "Piped gas",
    "has_bathroom": "Bathroom",
    "has_kitchen": "Kitchen",
    "has_vacuum": "Vacuum cleaner",
    "has_microwave": "Microwave oven",
    "has_dishwasher": "Dishwasher",
    "has_split_ac": "Air conditioner",
    "rent_paid": "Monthly rent",
    "electricity_bill": "Monthly electricity bill",
    "gas_bill": "Monthly gas bill",
    "water_bill": "Monthly water bill",
    "wage_private_annual": "Wages, private",
    "wage_public_annual": "Wages, public",
    "pension_annual": "Pension",
    "selfemp_annual": "Own business",
    "interest_annual": "Yearly interest on savings",
    "rent_income_annual": "Yearly income from rent",
    "head_edu_years": "Schooling of the head, years",
    "max_edu_years": "Most schooling in the household, years",
    "n_employed": "Members at work",
    "n_students": "Students",
    "n_tertiary": "Members with higher education",
    "hhsize": "Members",
    "head_age": "Age of the head",
    "head_female": "Woman at the head",
    "urban": "Town or country",
    "n_health_insured": "Members with health insurance",
    "n_pension_insured": "Members with pension insurance",
    "loan_taken": "Loan taken",
    "disabled_count": "Members with a disability",
    "chronic_illness_count": "Members with a chronic illness",
    "health_cost_annual": "Yearly cost of treatment",
    "support_pension_monthly": "Monthly support",
    "debt_service_monthly": "Monthly instalments",
    "jailed_for_debt": "Imprisoned for debt",
    "orphan_count": "Orphans",
    "dropout_count": "Children out of school",
    "newly_wed_count": "Newly wed",
    "missing_aid_count": "Missing aids",
    "shock_kind": "Sudden loss",
}
