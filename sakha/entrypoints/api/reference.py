"""The reference of the interface as Markdown, made from its OpenAPI document alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sakha.entrypoints.api.urls import OPERATIONS
from sakha.entrypoints.program_gate.problems import statuses_by_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEAD: Final = """# Reference of the interface

Made by `sakha api-reference` from the OpenAPI document ({version}); a test compares. How to begin, what levels show,
limits and what is promised of versions: [api.md](api.md).

Every call carries `Authorization: Bearer …`; a client of several purposes names one by `Sakha-Purpose`. Each answer has
`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. Fields with * must be sent.
"""
_COMMON: Final = frozenset({"Sakha-Purpose"})


def write_reference() -> str:
    """The page: each call with what it takes and gives, each form with its fields, each code with its status."""
    document = OPERATIONS[0].API.get_openapi_schema(path_prefix="/api/v1/")
    parts = [_HEAD.format(version=document["info"]["version"]), "\n## Calls\n"]
    for path, ways in sorted(document["paths"].items()):
        for method, call in ways.items():
            parts.extend(_call(method, path, call))
    parts.append("\n## Forms\n")
    for name, form in sorted(document["components"]["schemas"].items()):
        parts.extend(_form(name, form))
    parts.append("\n## Codes of refusals\n\n| status | codes |\n| --- | --- |\n")
    parts += [f"| {status} | {', '.join(f'`{one}`' for one in codes)} |\n" for status, codes in statuses_by_code()]
    parts.append("| 404 | every other code that ends with `_UNKNOWN` |\n| 422 | every other code |\n")
    return "".join(parts)


def _call(method: str, path: str, call: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### `{method.upper()} {path}`\n\n{_text(call)}\n\n"
    told = [one for one in call.get("parameters", []) if one["name"] not in _COMMON]
    for one in told:
        star = "*" if one.get("required") else ""
        yield f"- {one['in']} `{one['name']}`{star}: {_type(one['schema'])}\n"
    body = call.get("requestBody")
    if body is not None:
        yield f"- body: {_content(body)}\n"
    for status, answer in sorted(call["responses"].items()):
        if status.startswith("2"):
            yield f"- {status}: {_content(answer)}\n"


def _form(name: str, form: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### {name}\n\n{_text(form)}\n\n".replace("\n\n\n", "\n\n")
    if "enum" in form:
        yield f"One of {', '.join(f'`{one}`' for one in form['enum'])}.\n"
        return
    required = set(form.get("required", ()))
    yield "| field | type | about |\n| --- | --- | --- |\n"
    for field, facts in form.get("properties", {}).items():
        about = " ".join(str(facts.get("description", "")).split()).replace("|", "\\|")
        yield f"| `{field}`{'*' if field in required else ''} | {_type(facts)} | {about} |\n"


def _content(told: Mapping[str, Any]) -> str:
    kinds = told.get("content", {})
    return ", ".join(_type(one["schema"]) for one in kinds.values()) or "nothing"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        most = f", at most {schema['maxItems']:,}" if "maxItems" in schema else ""
        return f"list of {_type(schema.get('items', {}))}{most}"
    words = [str(schema.get("type", "anything")), str(schema.get("format", ""))]
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None or high is not None:
        words.append(f"{'' if low is None else low} to {'' if high is None else high}".strip())
    if "maxLength" in schema:
        words.append(f"up to {schema['maxLength']} letters")
    return " ".join(word for word in words if word)


def _text(told: Mapping[str, Any]) -> str:
    return " ".join(str(told.get("description") or told.get("summary") or "").split())
