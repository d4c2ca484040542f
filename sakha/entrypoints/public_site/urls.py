"""The public's addresses."""

from django.urls import path

from sakha.entrypoints.public_site import views

urlpatterns = [
    path("proof/", views.proof, name="public_proof"),
    path("proof/roots.jsonl", views.roots, name="public_roots"),
    path("proof/check.py", views.program, name="public_check"),
]
