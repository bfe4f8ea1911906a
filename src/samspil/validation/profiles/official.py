"""The rules of official packages, ready to judge by: packages, their invariants as FHIRPath, and R4 underneath."""

from collections.abc import Iterable

from samspil.catalogue.fhir.package_cache import PackageCache
from samspil.catalogue.fhir.package_files import AnyPath, PackageFiles, read_archive, read_packages
from samspil.validation.profiles.builtin import core_package
from samspil.validation.profiles.expressions import ExpressionInvariants
from samspil.validation.profiles.library import CORE, Library
from samspil.validation.profiles.packages import OfficialPackage
from samspil.validation.profiles.selection import Shelf


def read_shelf(folder: AnyPath, *, cache: AnyPath | None = None) -> Shelf:
    """The rules of the packages in a folder; what is read of an archive is kept in the cache's folder.

    Errors: PackageError (a ValueError) if there is none, or one cannot be read.
    """
    read = read_archive if cache is None else PackageCache(cache).read
    return shelf_of(read_packages(folder, read=read))


def shelf_of(files: Iterable[PackageFiles]) -> Shelf:
    """The rules of packages. R4 is the official package if it is among them, else our own tables of it."""
    packages = [OfficialPackage(file) for file in files]
    core = next((package for package in packages if package.name == CORE), None)
    others = [package for package in packages if package.name != CORE]
    return Shelf(Library(others, core=core or core_package()), ExpressionInvariants())
