"""The language model: requests, replies and their cost.

`service.open_chat` makes a `Chat` from the settings, or None where they name no model. `Chat.ask` takes a `Task` and
returns a `Reply` (both in `retrieval.domain.llm`), or raises `ChatError` with a reason for the reader. Replies are not
checked here. Only `client` imports LangChain, when the first task arrives.
"""

import logging

# Python would print the warnings of a process that keeps no log, beside the answer that says the same in one line.
logging.getLogger(__name__).addHandler(logging.NullHandler())
