"""The one address of the confirmers: short, because it travels by SMS."""

from django.urls import path

from sakha.entrypoints.confirmer_site.views import link

urlpatterns = [path("g/<str:token>/", link, name="confirmer_link")]
