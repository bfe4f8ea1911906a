"""Sets of schemas taken in, checked and taken out; and what is no such set."""

import stat
import zipfile
from pathlib import Path

import pytest

from samspil.catalogue import schema_store
from samspil.catalogue.schema_store import OtherContent, SchemaSetError, SchemaStore
from tests.oioxml_schemas import FILES, NAMESPACE, ROOT, SHORT, write_schemas, zip_schemas


@pytest.fixture
def store(tmp_path: Path) -> SchemaStore:
    """An empty store."""
    return SchemaStore(tmp_path / "home" / "schemas")


def test_a_folder_and_a_zip_of_it_are_the_same_set(store: SchemaStore, tmp_path: Path) -> None:
    """The second is there already; only schemas are kept; nothing is left half-made."""
    kept, is_new = store.add(write_schemas(tmp_path / "later"))
    assert (kept.name, kept.files, kept.namespaces, is_new) == ("later", 2, (NAMESPACE,), True)
    again, is_new = store.add(zip_schemas(tmp_path / "other.zip"), name="later")
    assert (again, is_new) == (kept, False)
    assert store.list() == (kept,)
    assert sorted(path.name for path in store.folder.iterdir()) == ["later", "later.sha256"]
    assert store.verified() == store.folder
    assert store.remove("later")
    assert not store.remove("later")
    assert list(store.folder.iterdir()) == []


def test_a_name_holds_one_content(store: SchemaStore, tmp_path: Path) -> None:
    """Other files under the same name are refused; under another name they are a set of their own."""
    store.add(write_schemas(tmp_path / "one"), name="set")
    other = write_schemas(tmp_path / "two", {**FILES, "2013/parts/Short.xsd": SHORT.replace("4", "5")})
    with pytest.raises(OtherContent):
        store.add(other, name="set")
    assert [kept.name for kept in (store.add(other)[0], *store.list())] == ["two", "set", "two"]


@pytest.mark.parametrize("change", ["edit", "lose", "slip in"])
def test_a_changed_set_is_never_used(store: SchemaStore, tmp_path: Path, change: str) -> None:
    """A file edited, lost or slipped in is told."""
    store.add(write_schemas(tmp_path / "set"))
    file = store.folder / "set" / "2013" / "parts" / "Short.xsd"
    if change == "edit":
        file.write_text(SHORT.replace("4", "400"), encoding="utf-8")
    elif change == "lose":
        file.unlink()
    else:
        file.with_name("More.xsd").write_text(SHORT, encoding="utf-8")
    with pytest.raises(SchemaSetError):
        store.verified()


def test_an_empty_store_judges_nothing(store: SchemaStore) -> None:
    """Who asks for added schemas where there are none is told so."""
    with pytest.raises(SchemaSetError):
        store.verified()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.txt": "x"},
        {"2013/parts/Short.xsd": SHORT},
        {"EMessage.xsd": "<no xml"},
        {"EMessage.xsd": "<html/>"},
        {"EMessage.xsd": ROOT},  # what it includes is not there
        {**FILES, "2013/EMessage.xsd": ROOT.replace("parts/Short.xsd", "../../../etc/Short.xsd")},
        {**FILES, "2013/EMessage.xsd": ROOT.replace("parts/Short.xsd", "http://rep.oio.dk/Short.xsd")},
        {**FILES, "2013/EMessage.xsd": ROOT.replace("parts/Short.xsd", "/etc/passwd")},
        {**FILES, "2013/EMessage.xsd": ROOT.replace('type="Short"', 'type="NoSuch"')},
        {**FILES, "2013/EMessage.xsd": "<!DOCTYPE x>" + ROOT.partition("?>")[2]},
    ],
    ids=["nothing", "none", "no root", "no xml", "html", "torn", "climbs", "network", "absolute", "broken", "doctype"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_set_is_refused_whole(
    store: SchemaStore, tmp_path: Path, files: dict[str, str], packed: bool
) -> None:
    """From a folder or an archive alike; nothing of it is kept."""
    (tmp_path / "set").mkdir()
    source = zip_schemas(tmp_path / "set.zip", files) if packed else write_schemas(tmp_path / "set", files)
    with pytest.raises(SchemaSetError):
        store.add(source)
    assert not store.folder.exists() or list(store.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../EMessage.xsd", "/EMessage.xsd", "a/../../EMessage.xsd", "C:\\EMessage.xsd"])
def test_an_archive_writes_nowhere_else(store: SchemaStore, tmp_path: Path, name: str) -> None:
    """A name that leads out of it makes the whole archive unfit."""
    with pytest.raises(SchemaSetError, match="lead out"):
        store.add(zip_schemas(tmp_path / "set.zip", {**FILES, name: SHORT}))


def test_an_archive_holds_no_links(store: SchemaStore, tmp_path: Path) -> None:
    """A link could make a later file land elsewhere."""
    file = tmp_path / "set.zip"
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("EMessage.xsd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(SchemaSetError, match="links"):
        store.add(file)


def test_a_small_archive_that_unpacks_large_is_refused(
    store: SchemaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the size it tells, and by what really comes where it lies."""
    bomb = zip_schemas(tmp_path / "bomb.zip", {**FILES, "big.xsd": " " * 200_000})
    monkeypatch.setattr(schema_store, "LARGEST_FILE_BYTES", 100_000)
    with pytest.raises(SchemaSetError, match="too large"):
        store.add(bomb)
    monkeypatch.setattr(schema_store, "LARGEST_SET_BYTES", 150_000)
    with pytest.raises(SchemaSetError, match="too large"):
        store.add(bomb)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\x00" * 100])
def test_bytes_that_are_no_archive(store: SchemaStore, tmp_path: Path, content: bytes) -> None:
    """One sentence, no traceback."""
    file = tmp_path / "set.zip"
    file.write_bytes(content)
    with pytest.raises(SchemaSetError):
        store.add(file)


@pytest.mark.parametrize("name", ["..", "a/b", ".hidden", "a b", "x" * 65])
def test_a_name_is_one_folder(store: SchemaStore, tmp_path: Path, name: str) -> None:
    """A set's name becomes part of a path; it leads nowhere else, in adding and in removing."""
    with pytest.raises(SchemaSetError):
        store.add(write_schemas(tmp_path / "set"), name=name)
    assert not store.remove(name)
