"""Addresses of the interface. The plain views stand first: they are the paths that must be quick."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from sakha.entrypoints.api import aid, file_operations, operations
from sakha.entrypoints.api.document import API
from sakha.entrypoints.api.tokens import give_token

# Registered by being imported.
OPERATIONS = (operations, file_operations)

_NINJA: Final = API.urls
_HOLDS: Final[list[Callable[..., HttpResponse]]] = [
    one.callback for one in _NINJA[0] if str(one.pattern) == "holds" and one.callback is not None
]


@csrf_exempt
def holds(request: HttpRequest) -> HttpResponse:
    """One address, two ways: a hold is quick, the list is ninja's."""
    return aid.hold_view(request) if request.method == "POST" else _HOLDS[0](request)


urlpatterns = [
    path("api/v1/check", aid.check_view),
    path("api/v1/check/batch", aid.check_many_view),
    path("api/v1/holds", holds),
    path("api/v1/holds/batch", aid.hold_many_view),
    path("api/oauth/token", give_token, name="api-token"),
    path("api/v1/", _NINJA),
]
