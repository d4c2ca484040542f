"""The donor's addresses; `gift/<code>` is the account of one gift, known to its giver alone."""

from django.urls import path

from sakha.entrypoints.donor_site import views

urlpatterns = [
    path("give/", views.needs, name="donor_needs"),
    path("give/pool/", views.pool, name="donor_pool"),
    path("give/need/<str:code>/", views.need, name="donor_need"),
    path("gift/<str:follow>/", views.gift, name="donor_gift"),
    path("gift/<str:follow>/back/", views.back, name="donor_back"),
]
