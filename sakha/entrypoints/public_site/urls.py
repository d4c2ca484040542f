"""The public's addresses: Persian at the root, English beside it under `en/`."""

from typing import Final

from django.urls import path

from sakha.entrypoints.public_site.views import pages, proof, tours

_TEXTS: Final = ("begin", "privacy", "accessibility")


def _pages(language: str, folder: str, ending: str) -> list:  # type: ignore[type-arg]  # of addresses
    told = {"language": language}
    return [
        path(folder, pages.home, told, name=f"public_home{ending}"),
        path(f"{folder}figures/", pages.figures, told, name=f"public_figures{ending}"),
        path(f"{folder}figures/<slug:province>/", pages.figures, told, name=f"public_province{ending}"),
        path(f"{folder}voices/", pages.voices, told, name=f"public_voices{ending}"),
        path(f"{folder}data/", pages.data, told, name=f"public_data{ending}"),
        path(f"{folder}proof/", proof.proof, told, name=f"public_proof{ending}"),
        path(f"{folder}method/", pages.method, told, name=f"public_method{ending}"),
        *(
            path(f"{folder}{name}/", pages.text, {**told, "name": name}, name=f"public_{name}{ending}")
            for name in _TEXTS
        ),
    ]


urlpatterns = [
    *_pages("fa", "", ""),
    *_pages("en", "en/", "_en"),
    path("tour/", tours.tour, {"spoken": "fa"}, name="tour"),
    path("en/tour/", tours.tour, {"spoken": "en"}, name="tour_en"),
    path("data/figures.csv", pages.figures_file, name="public_figures_file"),
    path("proof/roots.jsonl", proof.roots, name="public_roots"),
    path("proof/check.py", proof.program, name="public_check"),
]
