"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

import bot
import retrieval

ROOTS = [Path(str(package.__file__)).parent for package in (retrieval, bot)]
MODULES = [path for root in ROOTS for path in sorted(root.rglob("*.py"))]
# The packages whose word lists are data.
DATA_ONLY = ("nlp", "question", "search", "evidence", "answering", "timeline", "comparison")
MOST_WORDS = 8
MOST_LINES = 300


def name(path: Path) -> str:
    return str(path.relative_to(ROOTS[0].parent))


def parsed(path: Path) -> ast.Module:
    """The tree of a module; all of them would take a worker a hundred megabytes."""
    return ast.parse(path.read_text("utf-8"))


def literals(tree: ast.AST) -> Iterator[str]:
    """The strings of a module that are no docstrings, those of one f-string or of a row together."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            yield node.value


def is_word_list(literal: str) -> bool:
    """Whether a string lists more than eight words: as alternatives of one group, or with nothing else in it.

    An alternative counts where it is a word of two letters or more, whatever endings and spaces it has.
    """
    plain = literal.split() if re.fullmatch(r"[a-z'’\s.]+", literal) else []
    return max(len(plain), *map(_words, groups(literal))) > MOST_WORDS


def groups(pattern: str) -> Iterator[str]:
    """The groups of a pattern from inside out, then all of it; what is inside of one leaves a mark in the other."""
    pattern = re.sub(r"\\[bsSwWdDAZ]|\[[^\]]*\]", "_", pattern)
    while inner := re.search(r"\((?:\?[:=!>]|\?<[=!]|\?P<\w+>|\?i:)?([^()]*)\)", pattern):
        yield inner[1]
        pattern = f"{pattern[: inner.start()]}_{pattern[inner.end() :]}"
    yield pattern


def _words(group: str) -> int:
    return sum(re.fullmatch(r"[^\W\d_]{2}[\w’'?*+ _-]*", each.strip("\n _")) is not None for each in group.split("|"))


@pytest.mark.parametrize("folder", DATA_ONLY)
def test_lists_of_words_are_data(folder: str) -> None:
    own = [path for path in MODULES if path.is_relative_to(ROOTS[0] / folder)]
    assert len(own) > 1
    assert [(name(path), each) for path in own for each in literals(parsed(path)) if is_word_list(each)] == []


@pytest.mark.parametrize(
    "literal", ["|".join(["red", "blue", "green"] * 3), "red blue green " * 3, "(?:" + "reds?|the blue|" * 5 + ")"]
)
def test_a_list_of_words_is_known_by_its_bars_or_by_nothing_else_being_there(literal: str) -> None:
    assert is_word_list(literal)
    assert not is_word_list(literal[: len(literal) // 2])


def test_a_class_name_is_used_once() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name(path))
    assert len(places) > 100
    assert {each: those for each, those in places.items() if len(those) > 1} == {}


def test_no_module_is_longer_than_a_few_screens() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {each: lines for each, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_circle_of_imports() -> None:
    graph = grimp.build_graph("bot", "retrieval", "prompts", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # What imports nothing that is left is taken away, again and again: a circle stays.
    left = set(imports)
    while free := {module for module in left if not imports[module] & left}:
        left -= free
    assert len(imports) > 100
    assert left == set()
