"""Settings come from options, then the environment, then defaults, and a wrong one is named."""

from pathlib import Path

import pytest

from samspil.runtime.settings import BadSetting, load, misspelt, table, user_data_folder


def test_an_option_wins_over_the_environment() -> None:
    """What is typed now counts more than what was set up before; an option not given counts nothing."""
    assert load({"port": 8500, "host": None}, {"SAMSPIL_PORT": "8600", "SAMSPIL_HOST": "::1"}).port == 8500
    assert load({"port": None}, {"SAMSPIL_PORT": "8600"}).port == 8600


def test_defaults_stand_without_an_environment() -> None:
    """A machine with nothing set runs a loopback site in the user's data folder."""
    settings = load({}, {})
    assert (settings.host, settings.port, settings.demo) == ("127.0.0.1", 8400, False)
    assert settings.folder == user_data_folder().absolute()


def test_an_empty_variable_counts_as_absent() -> None:
    """Container files often set a variable to nothing, meaning the default."""
    assert load({}, {"SAMSPIL_PORT": ""}).port == 8400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAMSPIL_PORT", "eighty"),
        ("SAMSPIL_PORT", "-1"),
        ("SAMSPIL_LANG", "de"),
        ("SAMSPIL_DEMO", "perhaps"),
        ("SAMSPIL_RETRY_SECONDS", "10,soon"),
        ("SAMSPIL_TRUSTED_PROXIES", "10.0.0.0/24,proxy"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    """The sentence begins with the variable, so that a reader knows where to look."""
    with pytest.raises(BadSetting, match=name):
        load({}, {name: value})


def test_a_misspelt_variable_is_noticed_with_a_guess() -> None:
    """A typing mistake would otherwise leave the default in force, unseen."""
    assert list(misspelt({"SAMSPIL_PROT": "1", "SAMSPIL_PORT": "2", "PATH": ""})) == [("SAMSPIL_PROT", "SAMSPIL_PORT")]


def test_secrets_do_not_show() -> None:
    """Settings may be printed or logged by mistake; the token and the database's password stay out."""
    settings = load({}, {"SAMSPIL_TOKEN": "token-4711", "SAMSPIL_DATABASE_URL": "postgresql://u:hemmeligt@h/d"})
    assert "4711" not in repr(settings)
    assert "hemmeligt" not in repr(settings)


def test_every_setting_says_what_it_does() -> None:
    """The reference page is made of these rows, so none may be empty or cut off."""
    for name, kind, _, description in table():
        assert kind, name
        assert description.endswith("."), name


def test_the_home_may_start_with_a_tilde() -> None:
    """Service files have no shell that would expand it."""
    assert load({"home": "~/samspil"}, {}).folder == Path.home() / "samspil"


def test_lists_are_read_as_values() -> None:
    """Waits become numbers, proxies networks; blanks do not matter."""
    settings = load({}, {"SAMSPIL_RETRY_SECONDS": "1, 2.5", "SAMSPIL_TRUSTED_PROXIES": "10.0.0.0/24, ::1"})
    assert settings.retry_waits == (1.0, 2.5)
    assert [str(network) for network in settings.proxies] == ["10.0.0.0/24", "::1/128"]


@pytest.mark.parametrize(
    ("environment", "exposed"),
    [
        ({}, False),
        ({"SAMSPIL_HOST": "::1"}, False),
        ({"SAMSPIL_HOST": "0.0.0.0"}, True),
        ({"SAMSPIL_HOST": "0.0.0.0", "SAMSPIL_TLS_CERTIFICATE": "site.pem"}, False),
    ],
)
def test_listening_to_others_without_tls_is_noticed(environment: dict[str, str], exposed: bool) -> None:
    """Loopback is safe, everything else needs TLS, here or before us."""
    assert load({}, environment).is_exposed is exposed


def test_the_address_is_what_partners_see() -> None:
    """From host and port, in brackets for IPv6, or what the setting says without its last slash."""
    assert load({}, {}).address == "http://127.0.0.1:8400"
    assert load({}, {"SAMSPIL_HOST": "::1"}).address == "http://[::1]:8400"
    assert load({}, {"SAMSPIL_PUBLIC_URL": "https://site.example/"}).address == "https://site.example"
