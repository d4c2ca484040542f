"""Addresses of published data (`docs/open_data.md`)."""

from django.urls import path, re_path

from sakha.entrypoints.open_data import views

_LIST = r"^open-data/hsds/(?P<name>organizations|services|service_at_locations|taxonomies|taxonomy_terms)"

urlpatterns = [
    path("open-data/hsds/", views.show_root),
    path("open-data/hsds/profile", views.show_extension),
    re_path(_LIST + r"$", views.show_list),
    re_path(_LIST + r"/(?P<one_id>[0-9a-f-]{36})$", views.show_one),
    re_path(r"^open-data/360giving\.(?P<form>json|csv)$", views.show_grants),
]
