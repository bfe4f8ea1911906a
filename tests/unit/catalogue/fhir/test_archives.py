"""Archives made to harm: each is refused whole, before it has filled the memory or reached a file."""

import gzip
import io
import tarfile
import tracemalloc

import pytest

from samspil.catalogue.fhir.archives import LARGEST_MEMBER_BYTES, UnsafeArchive, read_members

MANIFEST = b'{"name": "test.rules", "version": "1.0.0"}'


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """An archive with a manifest and these members."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        for member, content in ((tarfile.TarInfo("package/package.json"), MANIFEST), *members):
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


def member(name: str, *, kind: bytes = tarfile.REGTYPE, leads_to: str = "") -> tarfile.TarInfo:
    """A member of some kind."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, leads_to
    return made


def names(content: bytes) -> list[str]:
    """What is read of an archive."""
    return [name for name, _ in read_members(content, lambda name: name.endswith(".json"))]


def test_only_wanted_files_of_the_package_folder_are_read() -> None:
    """Other folders, and files nobody wants, are passed over."""
    others = [
        member("package/readme.txt"),
        member("package/example/a.json"),
        member("b.json"),
        member("package/c.json"),
    ]
    assert names(archive(*((one, b"{}") for one in others))) == ["package.json", "c.json"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "package/../../x.json", "/package/x.json", "package\\..\\x.json"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    """Nothing is unpacked, yet whoever writes such a name means harm."""
    with pytest.raises(UnsafeArchive, match="lead out"):
        names(archive((member(name), b"{}")))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(kind: bytes) -> None:
    """A package holds files and folders."""
    with pytest.raises(UnsafeArchive, match="links, devices"):
        names(archive((member("package/x.json", kind=kind, leads_to="/etc/passwd"), b"")))


def test_a_small_archive_with_a_huge_member_is_refused() -> None:
    """A member that is larger than any definition is not read at all."""
    with pytest.raises(UnsafeArchive, match="too large"):
        names(archive((member("package/x.json"), bytes(LARGEST_MEMBER_BYTES + 1))))


def test_a_header_that_tells_a_huge_size_costs_no_memory() -> None:
    """Extended headers are read whole by tarfile: a bomb in one is met by the bounded stream."""
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 4 << 30
    bomb = gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(UnsafeArchive, match="too large"):
        names(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
