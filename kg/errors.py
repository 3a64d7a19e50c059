"""What can go wrong for a user, as one short tree; everything else is a bug."""


class KgError(Exception):
    """A command could not run. The message says what is wrong and what would be right."""


class NotFound(KgError):
    """A named thing does not exist; the message suggests near ones."""


class Ambiguous(KgError):
    """A name fits several things; the message lists them."""


class BadQuery(KgError):
    """A query is malformed, or asks for something that is refused."""


class BadStore(KgError):
    """A built graph is missing, damaged, or of another version."""


class MissingExtra(KgError):
    """An optional library is not installed; the message names the extra."""


def missing_extra(extra: str, purpose: str) -> MissingExtra:
    return MissingExtra(f"{purpose} needs an extra: pip install 'regiograph[{extra}]'")
