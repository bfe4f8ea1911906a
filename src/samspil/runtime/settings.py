"""Every setting of one site, in one place: its name, kind, default and what it does.

A setting `port` is read from the option `--port` where a command has one, else from `SAMSPIL_PORT` in the
environment, else from its default. `docs/reference/settings.md` is written from this table (tools/reference.py).
"""

import difflib
import ipaddress
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "SAMSPIL_"
MEGABYTE = 1_000_000

Language = Literal["da", "en"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSetting(ValueError):
    """A setting has a value it cannot have. The text names the setting; it does not repeat the value."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What one node runs by. Values are checked when they are read; nobody checks them again."""

    home: Annotated[
        Path | None,
        Meta(description="Folder for the embedded database, caches and backups. Default: the user's data folder."),
    ] = None
    database_url: Annotated[
        str,
        Meta(description="PostgreSQL 16 or newer to use instead of the embedded one, as a `postgresql://` URL."),
    ] = ""
    database_connections: Annotated[
        int, Meta(ge=4, le=200, description="Most connections one node holds to the database.")
    ] = 16
    host: Annotated[
        str, Meta(min_length=1, description="Address to listen on. Everything but loopback needs TLS before it.")
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")] = 8400
    site_name: Annotated[str, Meta(description="What the site is called on its pages.")] = "samspil"
    public_url: Annotated[
        str, Meta(description="The site's address as its partners see it. Default: `http://host:port`.")
    ] = ""
    tls_certificate: Annotated[
        str, Meta(description="File with the server's certificate chain (PEM). With it the site speaks HTTPS itself.")
    ] = ""
    tls_key: Annotated[str, Meta(description="File with that certificate's private key (PEM).")] = ""
    tls_client_ca: Annotated[
        str, Meta(description="File with the authorities (PEM) whose client certificates are asked for and accepted.")
    ] = ""
    trusted_proxies: Annotated[
        str, Meta(description="Networks whose hosts may say whom they speak for, such as `10.0.0.0/24,::1`.")
    ] = ""
    certificate_header: Annotated[
        str, Meta(description="Header in which a trusted proxy passes a client certificate, such as `Client-Cert`.")
    ] = ""
    site_key: Annotated[
        str,
        Meta(description="Key that seals secrets in the database: 32 bytes, base64. Default: the home's `site.key`."),
    ] = ""
    lang: Annotated[
        Language | None, Meta(description="Language of texts: `da` or `en`. Default: `da`, but `en` in JSON.")
    ] = None
    node: Annotated[str, Meta(description="Address of the node that remote commands talk to.")] = ""
    token: Annotated[
        str, Meta(description="Bearer token that remote commands present. There is no option: it would show in `ps`.")
    ] = ""
    demo: Annotated[bool, Meta(description="Seed and run the synthetic Denmark. Never on a site with real data.")] = (
        False
    )
    packages: Annotated[
        Literal["built-in", "installed"],
        Meta(description="What FHIR is judged by: our own tables, or the packages added with `samspil packages add`."),
    ] = "built-in"
    package_registry: Annotated[
        str, Meta(description="The registry that `samspil packages add NAME@VERSION` fetches from.")
    ] = "https://packages.fhir.org"
    payload_limit_mb: Annotated[
        int, Meta(ge=1, le=2000, description="Largest payload taken in, in megabytes; more is answered 413.")
    ] = 100
    retry_seconds: Annotated[
        str, Meta(description="Waits after a delivery's first, second … failure, in seconds; each ±20 %.")
    ] = "10,30,120,300,600,1800"
    retry_then_seconds: Annotated[float, Meta(gt=0, description="Wait after every later failure, in seconds.")] = 3600.0
    retry_give_up_hours: Annotated[
        float, Meta(gt=0, description="A delivery that has failed for so long goes to the dead letters.")
    ] = 24.0
    answer_minutes: Annotated[
        float, Meta(gt=0, description="How long an acknowledgement may take before its message is sent again.")
    ] = 30.0
    resends: Annotated[int, Meta(ge=0, le=10, description="How often it is sent again before a person must look.")] = 2
    header_seconds: Annotated[
        float, Meta(gt=0, description="A connection that has not sent its whole request head by then is closed.")
    ] = 10.0
    body_seconds: Annotated[
        float, Meta(gt=0, description="Longest silence in the middle of a request's body; then it is answered 408.")
    ] = 20.0
    drain_seconds: Annotated[
        float, Meta(ge=0, description="How long a stop waits for requests and deliveries under way.")
    ] = 10.0
    log_format: Annotated[
        Literal["auto", "console", "json"],
        Meta(description="`json` one object a line, `console` for people; `auto`: console on a terminal."),
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="Least severe log line that is written.")
    ] = "info"
    metrics_public: Annotated[
        bool, Meta(description="Let anyone read `/metrics`; otherwise it takes the right to measure.")
    ] = False

    def __repr__(self) -> str:
        return f"Settings(home={str(self.folder)!r}, port={self.port})"  # the others may be secrets

    @property
    def folder(self) -> Path:
        """The home folder, absolute."""
        return (self.home or user_data_folder()).expanduser().absolute()

    @property
    def packages_folder(self) -> Path:
        """Where added FHIR packages are kept."""
        return self.folder / "packages"

    @property
    def schemas_folder(self) -> Path:
        """Where added XML schemas are kept."""
        return self.folder / "schemas"

    @property
    def packages_cache(self) -> Path:
        """Where what was read of FHIR packages is kept; it may be removed at any time."""
        return self.folder / "cache" / "packages"

    def listening_on(self, port: int) -> "Settings":
        """The same settings with the port that was free."""
        return msgspec.structs.replace(self, port=port)

    @property
    def address(self) -> str:
        """The site's address as its partners see it, without a slash at the end."""
        scheme = "https" if self.tls_certificate else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"{scheme}://{host}:{self.port}"

    @property
    def retry_waits(self) -> tuple[float, ...]:
        """The waits, as numbers. Errors: BadSetting."""
        return tuple(_numbers("retry_seconds", self.retry_seconds))

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The trusted proxies' networks. Errors: BadSetting."""
        try:
            return tuple(
                ipaddress.ip_network(piece) for piece in self.trusted_proxies.replace(" ", "").split(",") if piece
            )
        except ValueError:
            raise BadSetting(f"{variable('trusted_proxies')}: expected networks with commas between them") from None

    @property
    def is_exposed(self) -> bool:
        """Can other machines connect, without TLS of our own?"""
        loopback = self.host in {"localhost", "::1"} or self.host.startswith("127.")
        return not loopback and not self.tls_certificate

    @property
    def payload_limit_bytes(self) -> int:
        """The payload limit in bytes."""
        return self.payload_limit_mb * MEGABYTE


def load(options: Mapping[str, object] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings: options first (None means not given), then the environment, then defaults.

    Errors: BadSetting naming the first setting whose value does not fit.
    """
    environment = os.environ if environment is None else environment
    given: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        value = environment.get(variable(name), "")
        if value:
            given[name] = value
    given |= {name: value for name, value in (options or {}).items() if value is not None}
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as problem:
        raise BadSetting(_explain(str(problem))) from None
    _ = settings.retry_waits, settings.proxies  # a list that cannot be read is told now, not when it is needed
    return settings


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def misspelt(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables that look like ours and are none, each with the nearest that is one, or nothing."""
    known = [variable(name) for name in Settings.__struct_fields__]
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            yield name, next(iter(difflib.get_close_matches(name, known, n=1)), "")


def table() -> Iterator[tuple[str, str, str, str]]:
    """Each setting's name, kind, default and description, for the reference page."""
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        kind, meta = get_args(hints[field.name])
        default = "" if field.default in {None, ""} else str(field.default)
        yield field.name, _kind(kind), default, str(meta.description)


def user_data_folder() -> Path:
    """Where this platform keeps a program's data for one user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "samspil"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "samspil"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "samspil"


def _numbers(name: str, text: str) -> Iterator[float]:
    for piece in text.split(","):
        try:
            yield float(piece)
        except ValueError:
            raise BadSetting(f"{variable(name)}: expected numbers with commas between them") from None


def _decode(kind: type[Any], value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def _explain(text: str) -> str:
    """Turn msgspec's "Expected `int` >= 0 - at `$.port`" round, so that it starts with the setting."""
    problem, _, place = text.partition(" - at `$.")
    name = place.rstrip("`")
    return f"{variable(name)} ({name}): {problem[:1].lower()}{problem[1:]}" if name else text


def _kind(kind: object) -> str:
    """The kind of a setting's value, in words."""
    words = {int: "whole number", float: "number", bool: "true or false", str: "text", Path: "folder"}
    options = [part for part in (get_args(kind) or (kind,)) if part is not type(None)]
    if len(options) == 1 and options[0] in words:
        return words[options[0]]
    choices = [choice for part in options for choice in (get_args(part) or (part,))]
    return " · ".join(f"`{choice}`" for choice in choices)
