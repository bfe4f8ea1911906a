"""Who is at the keyboard: in the audit, acts on the home's own machine carry the name of its user."""

import getpass

from samspil.access.callers import Caller, local_caller


def local_user() -> Caller:
    """The caller for acts of the command line on this machine. A user without a name is told as such."""
    try:
        return local_caller(getpass.getuser())
    except (KeyError, OSError):
        return local_caller("unknown")
