"""`samspil completion bash|zsh|fish`: a script that completes commands, options and file names.

The words come from the parser itself, so that nothing has to be kept in step.
"""

import argparse
from collections.abc import Mapping
from importlib import import_module

from samspil.domain.issues import Language, Phrase
from samspil.runtime import cli
from samspil.runtime.cli.context import Context, Exit
from samspil.runtime.cli.parser import Parser

SHELL = Phrase("whose completion is printed", da="hvis fuldførelse skrives")
EPILOG = Phrase(
    'bash: eval "$(samspil completion bash)"; zsh and fish alike: see docs/reference/cli.md.',
    da='bash: eval "$(samspil completion bash)"; zsh og fish ligeså: se docs/reference/cli.md.',
)

BASH = """\
_samspil() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command= words= i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
            --home | --lang) ((i++)) ;;
            -*) ;;
            *) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    case $command in
        '') words='{commands}' ;;
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}}
complete -o filenames -F _samspil samspil ./samspil
"""


def add(parser: Parser, language: Language) -> None:
    """Declare the arguments."""
    parser.epilog = EPILOG.in_(language)
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help=SHELL.in_(language))


def run(context: Context) -> int:
    """Print the script."""
    words = words_of_commands(context.output.language)
    writers = {"bash": write_bash, "zsh": write_zsh, "fish": write_fish}
    context.output.text(writers[context.options.shell](words, context.output.language).rstrip("\n"))
    return Exit.DONE


def words_of_commands(language: Language) -> dict[str, list[str]]:
    """What may follow each command: its options, and the words that its first argument may be."""
    modules = {name: import_module(f"samspil.runtime.cli.{name}") for name in cli.COMMANDS}
    parser = cli.build_parser(language, modules)
    return {name: _words(below) for name, below in parsers_below(parser).items()}


def parsers_below(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """The parsers of a parser's subcommands, by name."""
    for action in parser._actions:
        if isinstance(action.choices, Mapping):
            return action.choices
    return {}


def _words(parser: argparse.ArgumentParser) -> list[str]:
    words = list(parsers_below(parser))
    for action in parser._actions:
        words += [option for option in action.option_strings if option.startswith("--")]
        if not action.option_strings and isinstance(action.choices, tuple | list):
            words += map(str, action.choices)
    return words


def write_bash(words: Mapping[str, list[str]], _language: Language) -> str:
    """The script for bash."""
    cases = "\n".join(f"        {name}) words='{' '.join(each)}' ;;" for name, each in words.items())
    return BASH.format(commands=" ".join(words), cases=cases)


def write_zsh(words: Mapping[str, list[str]], language: Language) -> str:
    """The script for zsh, which takes bash's."""
    return f"autoload -U +X bashcompinit && bashcompinit\n{write_bash(words, language)}"


def write_fish(words: Mapping[str, list[str]], language: Language) -> str:
    """The script for fish, whose completions carry descriptions."""
    lines = ["complete -c samspil -n __fish_use_subcommand -f"]
    for name, each in words.items():
        text = cli.COMMANDS[name].in_(language).replace("'", "\\'")
        lines.append(f"complete -c samspil -n __fish_use_subcommand -a {name} -d '{text}'")
        lines += [
            f"complete -c samspil -n '__fish_seen_subcommand_from {name}' "
            + (f"-l {word[2:]}" if word.startswith("--") else f"-f -a {word}")
            for word in each
        ]
    return "\n".join(lines)
