"""What every site says in Persian: segments of its templates, and sentences of the Python code that its pages reach.

`python -m tests.english_sources add people_words` brings new sentences into a file of the catalogue and takes away
those that nobody says any more, `list` lists what it lacks, `fill` puts numbered lines into it, `check` says what is
wrong with it (docs/english.md).
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from sakha.entrypoints.kashi.english import CATALOGUE, read_entries
from sakha.entrypoints.kashi.segments import has_words, say_source
from sakha.vocabulary.fact_names import FACTS
from sakha.vocabulary.headings import FIELD_LABELS

ROOT = Path(__file__).resolve().parent.parent
SAKHA = ROOT / "sakha"
ENTRYPOINTS = SAKHA / "entrypoints"
SMALL = ("kashi", "household_site", "donor_site", "confirmer_site")
STAFF = ("staff_site",)
# Pages of the staff's site that people meet on any site: what was not found, what is not allowed.
SHARED_FILES = ("staff_site/refusals.py",)
SHARED_TEMPLATES = ("staff_site/page.html", "staff_site/stopped.html")
# Words that are read and never shown: spellings, headings, names of streets; texts of SMS are data on a page.
READ_ONLY = {
    "sakha.linkage.rules.names", "sakha.linkage.rules.addresses", "sakha.linkage.rules.whole_names",
    "sakha.linkage.rules.numbers", "sakha.linkage.rules.model", "sakha.linkage.rules.coding",
    "sakha.linkage.queries.record_files", "sakha.linkage.queries.engine", "sakha.linkage.queries.kept",
    "sakha.vocabulary.persian_text", "sakha.coordination.rules.inbound", "sakha.coordination.rules.sms_text",
    "sakha.coordination.rules.notice_texts", "sakha.coordination.rules.receipt_texts",
    "sakha.coordination.rules.opting_out", "sakha.entrypoints.donor_site.receipt",
    "sakha.entrypoints.donor_site.receipt_words", "sakha.linkage.rules.births", "sakha.linkage.rules.desk_keys",
}  # fmt: skip
READ_ONLY |= {
    "sakha.access.rules.key_ring", "sakha.entrypoints.kashi.tile_grid", "sakha.entrypoints.kashi.segments",
    "sakha.entrypoints.kashi.english", "sakha.entrypoints.kashi.templatetags.kashi",
    "sakha.vocabulary.headings", "sakha.vocabulary.digits", "sakha.entrypoints.kashi.templatetags.english",
    "sakha.observatory.queries.reports", "sakha.registry.rules.problem_workbook", "sakha.databanks.rules.bank",
    "sakha.databanks.rules.manifest", "sakha.databanks.banks.installation", "sakha.giving.rules.searching",
}  # fmt: skip
# Other doors' own words: papers stay Persian, the public pages have English of their own.
ELSEWHERE = ("sakha.entrypoints.public_site", "sakha.entrypoints.reports")
# Of these only whole sentences are shown; their single words are spellings that people write.
SENTENCES_ONLY = {
    "sakha.registry.rules.reading", "sakha.registry.rules.words", "sakha.vocabulary.money",
    "sakha.vocabulary.fact_names", "sakha.vocabulary.fact_values", "sakha.vocabulary.jalali",
}  # fmt: skip
_SPELLED = re.compile(r"\\[dws]|\(\?|<svg|\[ء")  # a regular expression, a drawing
_HEAD = "# What the pages say in Persian (msgid) and in English (msgstr); see docs/english.md."
_MSGID = re.compile(r"^msgid (.*)$", re.MULTILINE)
_LITERAL = re.compile(r"""(?<=[:=\s])"([^"{}]*)"|'([^'{}]*)'""")


def segments(source: str) -> list[str]:
    """What the loader will look up of a template, in its order, and the words that its logic hands on."""
    found: list[str] = []

    def keep(words: str) -> str:
        found.append(words)
        return words

    say_source(source, keep)
    for logic in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", source, re.DOTALL):
        words = (first or second for first, second in _LITERAL.findall(logic))
        found.extend(one for one in words if has_words(one))
    return found


def templates(sites: Iterable[str]) -> Iterator[Path]:
    """The templates of these sites."""
    for site in sites:
        yield from sorted((ENTRYPOINTS / site / "templates").rglob("*.html"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _file(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    for found in (path.with_suffix(".py"), path / "__init__.py"):
        if found.exists():
            return found
    return None


@cache
def _names(module: str) -> dict[str, tuple[str, ast.stmt | tuple[str, str]]]:
    """What each name of a module is: a statement of its own, or a name of another module."""
    path = _file(module)
    named: dict[str, tuple[str, ast.stmt | tuple[str, str]]] = {}
    if path is None:
        return named
    for node in _tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sakha"):
            for one in node.names:
                named[one.asname or one.name] = (module, (node.module, one.name))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            named[node.name] = (module, node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        named[name.id] = (module, node)
    return named


def sentences(files: Iterable[Path], *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Every sentence that these files and what they reach can say, with where it stands."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    waiting: list[tuple[str, ast.AST]] = []
    for path in files:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        waiting.extend((module, node) for node in _tree(path).body)
    while waiting:
        module, node = waiting.pop()
        if id(node) in seen or module in READ_ONLY or module.startswith(ELSEWHERE):
            continue
        seen.add(id(node))
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            continue
        said, names, attributes = _read(node)
        for words in said:
            if module not in SENTENCES_ONLY or _is_sentence(words, module):
                found.setdefault(words, module)
        for name in names:
            waiting.extend(_follow(module, name))
        for name, attribute in attributes:
            waiting.extend(_through_module(module, name, attribute))
    return {words: place for words, place in found.items() if words not in without}


def _is_sentence(words: str, module: str) -> bool:
    is_long = words.count(" ") > 2 and not module.endswith("fact_names")
    return " " in words and ("{" in words or words[-1] == "." or is_long)


@cache
def _read(node: ast.AST) -> tuple[tuple[str, ...], frozenset[str], frozenset[tuple[str, str]]]:
    """What a piece of code says, the names in it, and what it takes of other modules; read once a run."""
    names, attributes = set(), set()
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            names.add(one.id)
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            attributes.add((one.value.id, one.attr))
    return tuple(said_in(node)), frozenset(names), frozenset(attributes)


def shown_words() -> dict[str, str]:
    """Names of facts and the words in which their values are shown: tables that are looked up, not sentences."""
    found = {meaning.label: "sakha.vocabulary.fact_names" for meaning in FACTS.values()}
    found |= dict.fromkeys(FIELD_LABELS.values(), "sakha.vocabulary.headings")
    for meaning in FACTS.values():
        for word in meaning.levels:
            first = next(one for one, code in meaning.levels.items() if code == meaning.levels[word])
            if has_words(first):
                found.setdefault(first, "sakha.vocabulary.fact_names")
    return found


@cache
def of_documents() -> dict[str, str]:
    """What the documents of scores, needs and data banks say, with where: they are shown as they are written."""
    found: dict[str, str] = {}
    for path in sorted([*SAKHA.glob("scoring/documents/*.toml"), *SAKHA.glob("databanks/banks/*/bank.toml")]):
        for words in _strings(tomllib.loads(path.read_text(encoding="utf-8"))):
            found.setdefault(" ".join(words.split()), f"{path.parent.name}/{path.name}")
    return found


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield from (part,) if has_words(part) else ()
    elif isinstance(part, dict | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from _strings(one)


def _follow(module: str, name: str, depth: int = 0) -> list[tuple[str, ast.AST]]:
    place, meaning = _names(module).get(name, (module, None))
    if meaning is None or depth > 5:
        return []
    if isinstance(meaning, tuple):
        return _follow(meaning[0], meaning[1], depth + 1)
    return [(place, meaning)]


def _through_module(module: str, name: str, attribute: str) -> list[tuple[str, ast.AST]]:
    meaning = _names(module).get(name, (module, None))[1]
    return _follow(".".join(meaning), attribute) if isinstance(meaning, tuple) and _file(".".join(meaning)) else []


def said_in(node: ast.AST) -> Iterator[str]:
    """The sentences in a piece of code: constants, and patterns with their holes as they are written."""
    if isinstance(node, ast.JoinedStr):
        yield from _pattern(node)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and has_words(node.value) and not _SPELLED.search(node.value):
            yield " ".join(node.value.split())
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        yield from said_in(child)


def _pattern(node: ast.JoinedStr) -> Iterator[str]:
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            parts.append("{" + re.sub(r"[{}]", "", ast.unparse(part.value)) + "}")
            yield from said_in(part.value)
    words = "".join(parts)
    if has_words(re.sub(r"\{[^{}]*\}", "", words)):
        yield " ".join(words.split())


def _site_files(sites: Iterable[str]) -> list[Path]:
    return [path for site in sites for path in sorted((ENTRYPOINTS / site).rglob("*.py")) if path.name != "apps.py"]


@cache
def of_small_sites() -> dict[str, str]:
    """Everything that the people's, givers' and confirmers' sites say, with where."""
    found: dict[str, str] = {}
    shared = [ENTRYPOINTS / "staff_site" / "templates" / name for name in SHARED_TEMPLATES]
    for path in (*templates(SMALL), *shared):
        for words in segments(path.read_text(encoding="utf-8")):
            found.setdefault(words, path.name)
    files = [*_site_files(SMALL), *(ENTRYPOINTS / name for name in SHARED_FILES)]
    found |= {words: place for words, place in shown_words().items() if words not in found}
    return found | sentences(files, without=frozenset(found))


@cache
def of_staff_site() -> dict[str, str]:
    """Everything that the staff's site says beyond that, with where."""
    small = of_small_sites()
    found: dict[str, str] = {}
    for path in templates(STAFF):
        for words in segments(path.read_text(encoding="utf-8")):
            if words not in small:
                found.setdefault(words, path.name)
    return found | sentences(_site_files(STAFF), without=frozenset(found) | frozenset(small))


@cache
def wanted() -> dict[str, str]:
    """Everything that is said anywhere, with where."""
    return of_documents() | of_small_sites() | of_staff_site()


def unsaid(entries: Mapping[str, str]) -> dict[str, str]:
    """What has no English among these entries, with where it is said."""
    return {words: place for words, place in wanted().items() if not entries.get(words)}


def unused(entries: Iterable[str]) -> list[str]:
    """Entries of what nobody says any more."""
    said = wanted()
    return [words for words in entries if words not in said]


def told() -> dict[str, str]:
    """What the catalogue says."""
    return {said: english for path in sorted(CATALOGUE.glob("*.po")) for said, english in read_entries(path)}


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def write_entries(wanted: Mapping[str, str], english: Mapping[str, str]) -> str:
    """Entries of a gettext file, each below where it stands."""
    return "\n".join(
        f"#: {place}\nmsgid {_quoted(words)}\nmsgstr {_quoted(english.get(words, ''))}\n"
        for words, place in wanted.items()
    )


def faults(path: Path) -> list[str]:
    """What is wrong with a file of the catalogue: entries without English, with other holes, with Persian left."""
    found = []
    for said, english in read_entries(path):
        holes = sorted(re.findall(r"\{\{.*?\}\}" if "{{" in said else r"\{[^{}]+\}", said))
        kept = sorted(re.findall(r"\{\{.*?\}\}" if "{{" in said else r"\{[^{}]+\}", english))
        if not english:
            found.append(f"no English: {said}")
        elif holes != kept:
            found.append(f"other holes: {said}")
        elif has_words(re.sub(r"\{.*?\}", "", english)):
            found.append(f"Persian left: {said}")
    return found


def _fill(path: Path, lines: Iterable[str]) -> None:
    """Put numbered English lines («12|Needs») into the entries of a file."""
    told = dict(line.rstrip("\n").split("|", 1) for line in lines if re.match(r"\d+\|.", line))
    blocks = re.split(r"(?m)^msgstr (?=\")", path.read_text(encoding="utf-8"))
    written = [blocks[0]]
    for number, block in enumerate(blocks[1:]):
        own, rest = block.split("\n", 1)
        written.append(f"msgstr {_quoted(told[str(number)]) if str(number) in told else own}\n{rest}")
    path.write_text("".join(written), encoding="utf-8")


def _add(path: Path) -> None:
    """Bring what no file has into this one, and take from all what nobody says any more."""
    old = set(unused(told()))
    for each in CATALOGUE.glob("*.po"):
        blocks = each.read_text(encoding="utf-8").split("\n\n")
        kept = [one for one in blocks if not (found := _MSGID.search(one)) or json.loads(found[1]) not in old]
        each.write_text("\n\n".join(kept), encoding="utf-8")
    have = told()
    new = {words: place for words, place in wanted().items() if words not in have}
    before = path.read_text(encoding="utf-8") if path.exists() else f"{_HEAD}\n"
    path.write_text(before + ("\n" + write_entries(new, {}) if new else ""), encoding="utf-8")


def main(order: str, name: str) -> None:
    """Work on one file of the catalogue, as docs/english.md says."""
    path = CATALOGUE / f"{name}.po"
    if order == "list":
        for number, (said, english) in enumerate(read_entries(path)):
            if not english:
                sys.stdout.write(f"{number}|{said}\n")
    elif order == "fill":
        _fill(path, sys.stdin)
    elif order == "add":
        _add(path)
    elif order == "check":
        sys.stdout.write("\n".join(faults(path)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
