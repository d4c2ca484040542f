"""Address of the switch of languages, the same for every site."""

from django.urls import path

from sakha.entrypoints.kashi import language

urlpatterns = [path("language", language.switch_language, name="switch_language")]
