"""The frame around every command: what is asked for, in which language, and what the exit code says."""

import shlex
import subprocess

import pytest

from samspil.runtime import cli


def run(*words: str) -> int:
    """Run one command line; argparse's own endings count as well."""
    try:
        return cli.run(list(words))
    except SystemExit as stop:
        assert isinstance(stop.code, int)
        return stop.code


def test_nothing_asked_for_shows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A bare `samspil` is a question: the answer is the list of commands, in Danish."""
    assert run() == 0
    shown = capsys.readouterr().out
    assert "brug: samspil" in shown
    for name, phrase in cli.COMMANDS.items():
        assert name in shown
        assert phrase.in_("da") in shown


def test_the_language_may_be_chosen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An option before or after the command counts, then the environment."""
    assert run("--lang", "en") == 0
    assert "usage: samspil" in capsys.readouterr().out
    monkeypatch.setenv("SAMSPIL_LANG", "en")
    assert run() == 0
    assert "usage: samspil" in capsys.readouterr().out
    assert run("standards", "nothing", "--lang=da") == 1
    assert "ingen standard hedder 'nothing'" in capsys.readouterr().err


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and a hint, nothing on stdout."""
    assert run("standrads") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "standrads" in err
    assert "Prøv: samspil --help" in err


def test_options_of_every_command_may_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    """`--home` and `--lang` take a value that looks like a command without being one."""
    assert run("--home", "test", "--lang", "en", "standards", "DIS91") == 0
    assert "DIS91" in capsys.readouterr().out


def test_a_bad_setting_is_wrong_use(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the variable."""
    monkeypatch.setenv("SAMSPIL_PORT", "many")
    assert run("db", "status") == 2
    assert "SAMSPIL_PORT" in capsys.readouterr().err


def test_a_fault_of_ours_is_named_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in a command ends as one line with the kind and place, and without the exception's text."""

    def stumble() -> None:
        raise LookupError("2509479989")

    monkeypatch.setattr("samspil.runtime.cli.standards.standards", stumble)
    assert run("standards") == 3
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "LookupError" in err
    assert "2509479989" not in err


def test_every_command_has_a_module_that_fits() -> None:
    """Each name in the table can be asked for its help."""
    for name in cli.COMMANDS.keys() - {"test"}:  # which becomes pytest, its help and all
        with pytest.raises(SystemExit) as stop:
            cli.run([name, "--help", "--lang", "en"])
        assert stop.value.code == 0, name


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["samspil", "va"], {"validate"}),
        (["samspil", "--lang", "en", "id"], {"identify"}),
        (["samspil", "db", "b"], {"backup"}),
        (["samspil", "validate", "--pa"], {"--packages"}),
        (["samspil", "completion", ""], {"bash", "zsh", "fish"}),
    ],
)
def test_bash_completes_what_can_follow(
    typed: list[str], offered: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Commands, then their options and words, whatever stands before them."""
    assert run("completion", "bash") == 0
    script = capsys.readouterr().out
    words = " ".join(shlex.quote(word) for word in typed)
    call = f'{script}\nCOMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _samspil; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True, cwd="/proc/self/fd")
    assert offered <= set(done.stdout.split()), done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Their scripts name each command once at least."""
    assert run("completion", shell) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in cli.COMMANDS)
