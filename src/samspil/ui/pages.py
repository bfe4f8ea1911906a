"""Turns values into pages: one Jinja environment a language, with the texts, times and icons every template uses.

A template holds no decision and no text of its own. What a page shows beside its content (who is signed in, the
sections, language and theme) is its `Frame`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from samspil.domain.issues import Language
from samspil.ui.assets import assets, icon_names
from samspil.ui.security import BROWSER_COOKIE, FormGuard, new_browser, secure, set_cookie
from samspil.ui.spelling import TESTS, Spelling
from samspil.ui.texts import Texts

LANGUAGE_COOKIE = "samspil_language"
THEME_COOKIE = "samspil_theme"
FLASH_COOKIE = "samspil_flash"
THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One entry of the navigation. `text` is a key; `count` asks for attention when it is not zero."""

    address: str
    text: str
    icon: str
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """One word to the reader after an act: a text's key, its values, and how it looks."""

    text: str
    tone: str = "good"
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a page's content. Without `door` it is not known who reads, and nobody is asked to sign in."""

    language: Language
    theme: str
    browser: str
    csrf: str
    here: str
    site: str = ""
    demo: bool = False
    person: str = ""
    role: str = ""
    door: bool = True
    sections: tuple[Section, ...] = ()
    flash: Flash | None = None


class Pages:
    """Renders templates of this folder (`ui/…`) and of the apps it was given (`<app>/…`)."""

    def __init__(
        self,
        *,
        secret: bytes,
        apps: Mapping[str, str],
        https: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`apps` maps a template prefix to the package that holds a `templates` folder; `https`: people use TLS."""
        self.https = https
        self.texts = Texts(files("samspil.ui") / "texts")
        self.guard = FormGuard(secret)
        self._flashes = URLSafeSerializer(secret, salt="flash")
        loader = PrefixLoader(
            {name: PackageLoader(package) for name, package in ({"ui": "samspil.ui"} | dict(apps)).items()}
        )
        self._environments: dict[Language, Environment] = {
            language: _environment(loader, self.texts, language, now) for language in ("da", "en")
        }

    def frame(
        self,
        request: Request,
        *,
        session: str = "",
        site: str = "",
        demo: bool = False,
        person: str = "",
        role: str = "",
        door: bool = True,
        sections: tuple[Section, ...] = (),
    ) -> Frame:
        """The frame of one request: language and theme from cookies, a form token for this browser."""
        browser = request.cookies.get(BROWSER_COOKIE) or new_browser()
        theme = request.cookies.get(THEME_COOKIE, "auto")
        query = f"?{request.url.query}" if request.url.query else ""
        return Frame(
            language="en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "da",
            theme=theme if theme in THEMES else "auto",
            browser=browser,
            csrf=self.guard.token(browser=browser, session=session),
            here=request.url.path + query if request.method == "GET" else request.url.path,
            site=site,
            demo=demo,
            person=person,
            role=role,
            door=door,
            sections=sections,
            flash=self._flash(request),
        )

    def html(self, frame: Frame, template: str, **values: object) -> str:
        """Render a template to text."""
        return self._environments[frame.language].get_template(template).render(frame=frame, **values)

    def draw(self, language: Language, template: str, macro: str, *values: object) -> str:
        """One component alone: a macro of a template, with its values."""
        return str(getattr(self._environments[language].get_template(template).module, macro)(*values))

    def show(self, request: Request, frame: Frame, template: str, *, status: int = 200, **values: object) -> Response:
        """Render a template to a response with its headers and cookies."""
        response = HTMLResponse(self.html(frame, template, **values), status_code=status)
        if BROWSER_COOKIE not in request.cookies:
            set_cookie(response, BROWSER_COOKIE, frame.browser, https=self.https, max_age=_YEAR)
        if frame.flash is not None:
            response.delete_cookie(FLASH_COOKIE, path="/")
        return secure(response, https=self.https)

    def go(self, address: str, *, flash: str = "", tone: str = "good", **values: str) -> Response:
        """Answer a form: send the browser on with GET, with a word to show there."""
        response = RedirectResponse(address, status_code=303)
        if flash:
            set_cookie(response, FLASH_COOKIE, str(self._flashes.dumps([flash, tone, values])), https=self.https)
        return secure(response, https=self.https)

    def remember(self, response: Response, *, language: str = "", theme: str = "") -> None:
        """Keep a reader's choice of language or theme in the browser for a year."""
        if language in {"da", "en"}:
            set_cookie(response, LANGUAGE_COOKIE, language, https=self.https, max_age=_YEAR)
        if theme in THEMES:
            set_cookie(response, THEME_COOKIE, theme, https=self.https, max_age=_YEAR)

    def _flash(self, request: Request) -> Flash | None:
        sealed = request.cookies.get(FLASH_COOKIE)
        if not sealed:
            return None
        try:
            text, tone, values = self._flashes.loads(sealed)
        except (BadData, ValueError):
            return None
        return Flash(text=text, tone=tone, values=values)


def _environment(loader: PrefixLoader, texts: Texts, language: Language, now: Callable[[], datetime]) -> Environment:
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    everywhere: dict[str, Any] = {
        "language": language,
        "t": texts.speaker(language),
        "icon": _icon,
        "asset": _asset_address,
        "browser_settings": BROWSER_SETTINGS,
    }
    environment.globals.update(everywhere)
    environment.filters.update(Spelling(language, now=now).filters())
    environment.tests.update(TESTS)
    return environment


# htmx: no evaluation, no history kept in the browser (pages may hold a person's data), faults of forms are shown.
BROWSER_SETTINGS = (
    '{"historyCacheSize":0,"refreshOnHistoryMiss":true,"allowEval":false,"includeIndicatorStyles":false,'
    '"selfRequestsOnly":true,"scrollIntoViewOnBoost":false,"responseHandling":['
    '{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},'
    '{"code":"[45]..","swap":false,"error":true}]}'
)


def _asset_address(name: str) -> str:
    return assets()[name].address


def _icon(name: str, look: str = "") -> Markup:
    """An icon for the eye only; the word beside it is for everybody."""
    if name not in _ICONS:
        raise KeyError(f"no icon {name!r}: add it to tools/vendor.py")
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        look, _asset_address("icons.svg"), name
    )


_ICONS = icon_names()
