"""Write the pins of `[tool.uv] constraint-dependencies` anew (design: pinned, without addresses).

Run: `uv run tools/pins.py`. Resolves every dependency and group for all platforms and replaces the block
between the two marker comments in pyproject.toml. No lock file is kept: it would name a registry's address.
"""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
START, END = "# pins: written by tools/pins.py", "# end of pins"


def resolve() -> list[str]:
    """Ask uv for one `name==version ; marker` line a package, for Python 3.11 and every platform."""
    listing = subprocess.run(
        [
            "uv",
            "pip",
            "compile",
            "--universal",
            "--python-version",
            "3.11",
            "--quiet",
            "--no-annotate",
            "--no-header",
            "--group",
            "dev",
            "--group",
            "oracle",
            str(PROJECT),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [line for line in listing.splitlines() if line.strip()]


def main() -> None:
    """Replace the pins, or add them at the end of the file."""
    text = PROJECT.read_text(encoding="utf-8")
    rows = "".join(f'    "{line}",\n'.replace('\\"', "'") for line in resolve())
    block = f"{START}\nconstraint-dependencies = [\n{rows}]\n{END}\n"
    before, found, rest = text.partition(START)
    after = rest.partition(END)[2].lstrip("\n") if found else ""
    if not found:
        raise SystemExit(f"pyproject.toml has no line {START!r}")
    PROJECT.write_text(f"{before}{block}{after and chr(10) + after}", encoding="utf-8")


if __name__ == "__main__":
    main()
