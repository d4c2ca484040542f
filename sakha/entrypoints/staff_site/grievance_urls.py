"""Addresses of grievances, of deliveries at a visit, rounds of calls, and new passwords."""

from django.urls import path

from sakha.entrypoints.staff_site.views import calls, grievances, passwords

urlpatterns = [
    path("grievances/", grievances.desk, name="grievances"),
    path("grievances/new/", grievances.new_grievance, name="new_grievance"),
    path("grievances/<int:grievance_id>/", grievances.grievance, name="grievance"),
    path("grievances/<int:grievance_id>/<slug:step>/", grievances.take_step, name="grievance_step"),
    path("households/<int:household_id>/grievance/", grievances.new_grievance, name="household_grievance"),
    path("households/<int:household_id>/deliveries/", calls.deliveries, name="deliveries"),
    path("households/<int:household_id>/deliveries/<int:hold_id>/", calls.visited, name="visited"),
    path("households/<int:household_id>/deliveries/<int:hold_id>/back/", calls.propose_back, name="propose_back"),
    path("deliveries/back/<int:undoing_id>/", calls.decide_back, name="decide_back"),
    path("calls/", calls.rounds, name="calls"),
    path("calls/<int:round_id>/", calls.call_round, name="call_round"),
    path("calls/<int:round_id>/<int:call_id>/", calls.called, name="called"),
    path("users/", passwords.users, name="users"),
    path("users/<int:user_id>/", passwords.give_link, name="give_password_link"),
    path("sign-in/new/<str:link>/", passwords.new_password, name="new_password"),
]
