"""Addresses of introductions, of the directory, and of the officials' desk."""

from django.urls import path

from sakha.entrypoints.staff_site.views import campaigns, directory, introductions, waiting

urlpatterns = [
    path("desk/", waiting.desk, name="desk"),
    path("campaigns/", campaigns.overview, name="campaigns"),
    path("campaigns/<int:campaign_id>/<slug:step>/", campaigns.take_step, name="campaign_step"),
    path("in-person/", campaigns.in_person, name="in_person"),
    path("in-person/<int:candidate_id>/", campaigns.ask_person, name="ask_person"),
    path("introductions/", introductions.desk, name="introductions"),
    path("introductions/<int:introduction_id>/", introductions.introduction, name="introduction"),
    path("introductions/<int:introduction_id>/<slug:step>/", introductions.take_step, name="introduction_step"),
    path("households/<int:household_id>/introduce/", introductions.refer, name="refer_upward"),
    path("directory/", directory.lines, name="directory"),
    path("directory/own/", directory.tell_own, name="directory_tell"),
    path("directory/<int:service_id>/<slug:step>/", directory.take_step, name="directory_step"),
]
