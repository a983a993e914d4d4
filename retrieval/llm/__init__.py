"""The language model behind one door: what it is asked, what came back, what it cost.

`door.open_chat` makes a `Chat` of the settings, or nothing where they name no model; `Chat.ask` takes a `Task` and
gives a `Reply` (both in `retrieval.domain.llm`), or raises `ChatError` with a reason for the reader. Nothing that comes
back is checked here. LangChain is imported in `client` alone, when the first task is there.
"""

import logging

# Python would print the warnings of a process that keeps no log, beside the answer that says the same in one line.
logging.getLogger(__name__).addHandler(logging.NullHandler())
