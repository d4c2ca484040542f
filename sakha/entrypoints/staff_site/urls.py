"""Addresses of the staff's pages. No address ever holds a person's identifier: those are sent by POST alone."""

from django.urls import path

from sakha.entrypoints.staff_site.views import (
    checking,
    files,
    holds,
    households,
    outbox,
    province,
    registration,
    signing,
)

urlpatterns = [
    path("", signing.home, name="home"),
    path("sign-in/", signing.sign_in_page, name="sign_in"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("check/", checking.check, name="check"),
    path("households/<int:household_id>/", households.household, name="household"),
    path("register/", registration.overview, name="register"),
    path("register/drop/", registration.drop, name="register_drop"),
    path("register/members/<int:number>/", registration.member, name="register_member"),
    path("register/<slug:step>/", registration.step_page, name="register_step"),
    path("files/", files.overview, name="files"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("files/<int:file_id>/mapping/", files.map_columns, name="file_mapping"),
    path("files/<int:file_id>/load/", files.load, name="file_load"),
    path("files/<int:file_id>/cancel/", files.cancel, name="file_cancel"),
    path("files/<int:file_id>/progress/", files.progress, name="file_progress"),
    path("files/<int:file_id>/problems/", files.problems, name="file_problems"),
    path("holds/", holds.held, name="held"),
    path("holds/new/", holds.hold, name="hold"),
    path("holds/<int:hold_id>/deliver/", holds.deliver, name="deliver"),
    path("holds/<int:hold_id>/release/", holds.release, name="release"),
    path("province/", province.own_province, name="province"),
    path("province/<slug:code>/", province.one_province, name="one_province"),
    path("outbox/", outbox.outbox, name="outbox"),
]
