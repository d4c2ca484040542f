"""Addresses of explanations, confirmations, appeals, and programs. No address holds a person's identifier."""

from django.urls import path

from sakha.entrypoints.staff_site.views import appeals, confirmations, explanations, program_use, programs, visits

urlpatterns = [
    path("households/<int:household_id>/why/", explanations.why, name="why"),
    path("households/<int:household_id>/why/all/", explanations.audit, name="score_audit"),
    path("households/<int:household_id>/ask/", explanations.ask_people, name="ask_people"),
    path("households/<int:household_id>/appeal/", appeals.new_appeal, name="new_appeal"),
    path("appeals/", appeals.desk, name="appeals"),
    path("appeals/<int:appeal_id>/", appeals.appeal, name="appeal"),
    path("appeals/<int:appeal_id>/<slug:step>/", appeals.take_step, name="appeal_step"),
    path("visits/", visits.visits, name="visits"),
    path("confirmers/", confirmations.overview, name="confirmers"),
    path("confirmers/<int:confirmer_id>/", confirmations.open_identity, name="confirmer"),
    path("confirmers/<int:confirmer_id>/stop/", confirmations.stop, name="stop_confirmer"),
    path("confirmers/answers/<int:answer_id>/", confirmations.audit, name="answer_audit"),
    path("asked/", confirmations.asked, name="asked"),
    path("programs/", programs.programs, name="programs"),
    path("programs/<int:client_id>/", program_use.program, name="program"),
    path("programs/<int:client_id>/key/", programs.new_key, name="new_program_key"),
    path("programs/<int:client_id>/stop/", programs.stop_program, name="stop_program"),
    path("programs/<int:client_id>/resume/", programs.resume_program, name="resume_program"),
    path("programs/keys/<int:key_id>/revoke/", programs.revoke_key, name="revoke_program_key"),
]
