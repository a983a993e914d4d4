"""One tree of errors; the message of each is one clear line for the person at the terminal.

BriefingError
 ├─ SettingsError      a setting cannot be used as it stands
 ├─ QuestionError      a question or filter that cannot be asked
 ├─ UnreadableError    a file that cannot become an article: its reason goes into the list of skipped files
 ├─ NotFoundError      a path or article that is not there
 ├─ FetchError         (in `web`) a page that cannot be fetched; the message is the reason, in a few words
 ├─ FeedError          (in `feeds`) bytes that are no feed
 ├─ StoreError         the data folder cannot be read or written (full, read-only, damaged)
 │   └─ ModelMismatchError   the stored vectors were made by another embedding model
 ├─ EmbeddingError     the embedding model cannot be loaded or did not answer
 ├─ UnreachableError   a service on the network does not answer; trying again may help: exit status 75
 └─ BusyError          another process holds what this command needs: exit status 75
"""


class BriefingError(Exception):
    """Anything that ends a command with one clear line."""


class SettingsError(BriefingError):
    """A setting that cannot be used as it stands."""


class QuestionError(BriefingError):
    """A question, date or outlet that cannot be asked about."""


class UnreadableError(BriefingError):
    """A file that cannot become an article; the message is the reason, in a few words."""


class NotFoundError(BriefingError):
    """A path or an article that is not there."""


class StoreError(BriefingError):
    """The data folder cannot be read or written."""


class ModelMismatchError(StoreError):
    """The stored vectors were made by another embedding model than the one in the settings."""


class EmbeddingError(BriefingError):
    """The embedding model cannot be loaded, or did not answer."""


class UnreachableError(BriefingError):
    """A service on the network does not answer right now."""


class BusyError(BriefingError):
    """Another process holds what this command needs."""
