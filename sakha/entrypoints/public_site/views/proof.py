"""The published roots, and the form at which anybody checks a receipt. Nothing that is brought is kept or logged."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from sakha.access.queries.chain import StreamUnknown, block_headers, find_block, get_stream
from sakha.access.rules.proofs import (
    PROOF_BYTES_MAX,
    Proof,
    ProofInvalid,
    ProofUnreadable,
    check_proof,
    read_proofs,
    write_header,
)
from sakha.entrypoints.public_site.frame import LANGUAGES, frame_of
from sakha.entrypoints.public_site.languages import Language
from sakha.entrypoints.public_site.wording import ShownProof, show_block, show_proof, words_of

_SHOWN_COUNT: Final = 9  # three nights of three logs
_PROGRAM: Final = Path(__file__).parent.with_name("check_proof.py")


class ProofForm(forms.Form):
    """A receipt, pasted or as a file."""

    text = forms.CharField(
        required=False,
        max_length=PROOF_BYTES_MAX,
        strip=True,
        widget=forms.Textarea({"rows": 6, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(required=False, max_length=200)

    def __init__(self, language: Language, *given: Any) -> None:
        """Ask in a language."""
        super().__init__(*given)
        self.words = words_of(language)
        self.fields["text"].label, self.fields["file"].label = self.words.text_label, self.words.file_label

    def clean(self) -> dict[str, Any]:
        """Take the one or the other."""
        given: dict[str, Any] = super().clean() or {}
        brought = given.get("file")
        if brought is not None and brought.size <= PROOF_BYTES_MAX:
            given["text"] = brought.read().decode(errors="replace")
        if not given.get("text") and not self.errors:
            self.add_error("text", self.words.nothing)
        return given


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def proof(request: HttpRequest, language: str) -> HttpResponse:
    """Show the newest roots; check a receipt."""
    spoken, is_brought = LANGUAGES[language], request.method == "POST"
    form = ProofForm(spoken, request.POST, request.FILES) if is_brought else ProofForm(spoken)
    found: tuple[ShownProof, ...] = ()
    if is_brought and form.is_valid():
        try:
            found = tuple(_check(one, spoken) for one in read_proofs(form.cleaned_data["text"]))
        except (ProofUnreadable, ProofInvalid) as refusal:
            form.add_error("text", form.words.refusals.get(refusal.code, refusal.message))
    context = {
        **frame_of(spoken, "proof"),
        "form": form,
        "found": found,
        "is_true": bool(found) and all(one.is_published for one in found),
        "blocks": [show_block(header, spoken) for header in block_headers(newest=_SHOWN_COUNT)],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    response = render(request, f"public_site/{language}/proof.html", context, status=status)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@cache_control(max_age=600, public=True)
@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """Give all roots, a JSON object a line, as `sakha publish-roots` writes them."""
    del request
    lines = "".join(f"{json.dumps(write_header(header))}\n" for header in block_headers())
    return HttpResponse(lines, content_type="application/jsonl; charset=utf-8")


@cache_control(max_age=600, public=True)
@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """Give the program with which a receipt is checked without us."""
    del request
    return HttpResponse(_PROGRAM.read_text(encoding="utf-8"), content_type="text/plain; charset=utf-8")


def _check(one: Proof, language: Language) -> ShownProof:
    """What the receipt names its columns is not proved by it: they are those of the log. Raises: ProofInvalid."""
    check_proof(one)
    try:
        columns = ("id", *get_stream(one.block.stream).shown)
    except StreamUnknown:
        raise ProofInvalid from None
    if one.columns != columns or len(one.row.split("\t")) != len(columns):
        raise ProofInvalid
    kept = find_block(stream=one.block.stream, digest=one.block.digest)
    return show_proof(one, language, is_published=kept == one.block)
