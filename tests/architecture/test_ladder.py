"""An import points only down the ladder of folders, and pure folders touch no clock, disk, socket or chance."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "samspil"
LADDER = (
    "domain",
    "catalogue",
    "formats",
    "validation",
    "conversion",
    "storage",
    "access",
    "exchange",
    "transports|sharing",
    "ui",
    "apps|conformance",
    "runtime|benchmarks",
)
RUNG = {name: level for level, names in enumerate(LADDER) for name in names.split("|")}
PURE = {"domain", "formats", "validation", "conversion"}
IMPURE = {
    "asyncio",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "threading",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(file: Path) -> Iterator[tuple[str, int]]:
    """Every module named by an import statement, with its line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield node.module or "", node.lineno


def folder(file: Path) -> str:
    """The rung a module stands on."""
    return file.relative_to(PACKAGE).parts[0]


def breaches(importer: str, imported: str) -> bool:
    """Does this import climb the ladder or reach sideways? Both are folder names."""
    return importer != imported and RUNG[imported] >= RUNG[importer]


def test_every_folder_stands_on_the_ladder() -> None:
    """A new top-level folder must be given its place."""
    folders = {item.name for item in PACKAGE.iterdir() if item.is_dir() and item.name != "__pycache__"}
    assert folders == set(RUNG)


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_down(file: Path) -> None:
    """No module imports from its own height or above, and nobody imports the package's front."""
    if file == PACKAGE / "__init__.py" or file == PACKAGE / "__main__.py":
        return
    for name, line in imports(file):
        assert name != "samspil", f"{file}:{line}: imports the package's front"
        if name.startswith("samspil."):
            assert not breaches(folder(file), name.split(".")[1]), f"{file}:{line}: {folder(file)} imports {name}"


@pytest.mark.parametrize(
    "file", [file for file in MODULES if folder(file) in PURE], ids=lambda file: str(file.relative_to(PACKAGE))
)
def test_pure_folders_do_no_io(file: Path) -> None:
    """Codecs and rules get time, ids and randomness as arguments."""
    for name, line in imports(file):
        assert name.split(".")[0] not in IMPURE, f"{file}:{line}: a pure folder imports {name}"


def test_apps_do_not_import_each_other() -> None:
    """Each app stands alone on the engines below."""
    for file in MODULES:
        place = file.relative_to(PACKAGE).parts
        if place[0] != "apps" or len(place) < 3:
            continue
        for name, line in imports(file):
            if name.startswith("samspil.apps."):
                other = name.split(".")[2]
                assert other in {place[1], "common"}, f"{file}:{line}: app {place[1]} imports {name}"


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_module_says_its_idea(file: Path) -> None:
    """A module opens by saying what it is for."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert docstring, f"{file} has no docstring"
    assert len(docstring.splitlines()[0]) > 20, f"{file}: its first line says too little"
