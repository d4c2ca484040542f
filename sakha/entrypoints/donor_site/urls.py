"""The donor's addresses; `gift/<code>` is the account of one gift, known to its giver alone."""

from django.urls import path

from sakha.entrypoints.donor_site.views import (
    accounts,
    choosing,
    following,
    giving,
    goods,
    identity,
    legal,
    monthly,
    proving,
)

urlpatterns = [
    path("give/", choosing.needs, name="donor_needs"),
    path("give/pool/", giving.pool, name="donor_pool"),
    path("give/basket/", giving.basket, name="donor_basket"),
    path("give/charities/", choosing.charities, name="donor_charities"),
    path("give/need/<str:code>/", giving.need, name="donor_need"),
    path("give/account/", accounts.account, name="donor_account"),
    path("give/account/code/", accounts.code, name="donor_code"),
    path("give/account/identity/", identity.identity, name="donor_identity"),
    path("give/account/leave/", accounts.leave, name="donor_leave"),
    path("give/account/gifts/<int:gift_id>/", accounts.own_gift, name="donor_own_gift"),
    path("give/account/<int:year>.pdf", accounts.statement, name="donor_statement"),
    path("give/account/gifts/<int:gift_id>/receipt.pdf", accounts.own_receipt, name="donor_own_receipt"),
    path("give/company/", legal.register, name="donor_company"),
    path("give/company/<int:legal_giver_id>/act/", legal.act, name="donor_company_act"),
    path("give/company/<int:legal_giver_id>/answer/", legal.answer, name="donor_company_answer"),
    path("give/company/people/", legal.people, name="donor_company_people"),
    path("give/company/people/<int:member_id>/remove/", legal.remove, name="donor_company_remove"),
    path("give/goods/", goods.goods, name="donor_goods"),
    path("give/monthly/", monthly.monthly, name="donor_monthly"),
    path("give/monthly/<int:sponsorship_id>/<slug:step>/", monthly.change, name="donor_monthly_change"),
    path("give/month/<str:word>/", monthly.by_link, name="donor_month"),
    path("give/account/months/<int:month_id>/", monthly.own_month, name="donor_own_month"),
    path("gift/<str:follow>/", following.gift, name="donor_gift"),
    path("gift/<str:follow>/receipt.pdf", following.receipt, name="donor_receipt"),
    path("gift/<str:follow>/proof/", proving.proof, name="donor_proof"),
    path("gift/<str:follow>/back/", following.back, name="donor_back"),
]
