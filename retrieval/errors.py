"""The tree of errors; every message is one clear line for the person at the terminal.

BriefingError
 ├─ SettingsError      a setting cannot be used as it stands
 ├─ QuestionError      a question or filter that cannot be asked
 ├─ QuotaError         a member or server has added as much today as it may
 ├─ UnreadableError    a file that cannot become an article; the list of skipped files shows the reason
 ├─ NotFoundError      a path or article that is not there
 ├─ FetchError         (in `web`) a page that cannot be fetched; the message is the reason, in a few words
 ├─ FeedError          (in `feeds`) the bytes are not a feed
 ├─ KnownFeedError     (in `services`) a feed with an existing subscription
 ├─ StoreError         the data folder cannot be read or written (full, read-only, damaged)
 │   ├─ ModelMismatchError   the stored vectors were made by another embedding model
 │   └─ LostIndexError       the vector index is gone from its server
 ├─ EmbeddingError     the embedding model cannot be loaded or did not answer
 ├─ ChatError          the language model gave no usable answer; the message is the reason, in a few words
 │   └─ GarbledError         its answer could not be read
 ├─ UnreachableError   a service on the network does not answer; trying again may help: exit status 75
 └─ BusyError          another process holds what this command needs: exit status 75
"""


class BriefingError(Exception):
    """An error that ends a command with one clear line."""

    @property
    def line(self) -> str:
        """The line; of a `Phrase` it has the parts, so that it can be said in other languages."""
        first = self.args[0] if self.args else ""
        return first if isinstance(first, str) else str(self)


class SettingsError(BriefingError):
    """A setting that cannot be used as it stands."""


class QuestionError(BriefingError):
    """A question, date or outlet that cannot be asked about."""


class QuotaError(BriefingError):
    """A member or a server has added as much today as it may; the message is for them."""


class UnreadableError(BriefingError):
    """A file that cannot become an article; the message is the reason, in a few words."""


class NotFoundError(BriefingError):
    """A path or an article that is not there."""


class StoreError(BriefingError):
    """The data folder cannot be read or written."""


class ModelMismatchError(StoreError):
    """The stored vectors were made by another embedding model than the one in the settings."""


class LostIndexError(StoreError):
    """The vector index is gone from its server; it is filled again from the stored vectors."""


class EmbeddingError(BriefingError):
    """The embedding model cannot be loaded, or did not answer."""


class ChatError(BriefingError):
    """The language model gave no usable answer; the message is the reason in a few words, in our own words.

    The caller can go on without a model.
    """

    @property
    def reason(self) -> str:
        """The reason as shown to a reader: `the model did not answer in time`."""
        return self.line


class GarbledError(ChatError):
    """The language model's answer could not be read."""


class UnreachableError(BriefingError):
    """A service on the network does not answer right now."""


class BusyError(BriefingError):
    """Another process holds what this command needs."""
