"""The household's addresses: the door's are short, because they travel by SMS and are told over the telephone."""

from django.urls import path

from sakha.entrypoints.household_site.views import door, file, introductions, known, sheet, shown, voices

urlpatterns = [
    path("k/<str:link>/", door.link_page, name="household_link"),
    path("k/<str:link>", door.link_page, name="household_link_bare"),
    path("d/", door.number_page, name="household_door"),
    path("d/code/", door.code_page, name="household_code"),
    path("d/out/", door.leave, name="household_leave"),
    path("v/", voices.public_voice, name="public_voice"),
    path("v/track/", voices.track, name="voice_track"),
    path("me/", sheet.home, name="household_home"),
    path("me/why/", file.why, name="household_why"),
    path("me/looks/", file.looks, name="household_looks"),
    path("me/objections/", file.objections, name="household_objections"),
    path("me/known/", known.known, name="household_known"),
    path("me/known/<int:case_id>/", known.proof, name="household_proof"),
    path("me/introductions/", introductions.introductions, name="household_introductions"),
    path("me/shown/", shown.shown, name="household_shown"),
    path("me/voices/", voices.voices, name="household_voices"),
    path("me/voices/<int:grievance_id>/", voices.solved, name="household_voice_solved"),
    path("me/receipts/<int:hold_id>/", voices.receipt, name="household_receipt"),
    path("me/proofs/<int:hold_id>/", voices.receipt_proof, name="household_receipt_proof"),
    path("me/ending/", file.ending, name="household_ending"),
    path("me/members/<int:number>/", sheet.member_page, name="household_member"),
    path("me/<slug:step>/", sheet.step_page, name="household_step"),
]
