"""The language model: requests, replies and their cost.

`service.open_chat` makes a `Chat` from the settings, or None where they name no model. `Chat.prepare` turns a `Task`
into a finished request (`requests`); `Chat.send` sends it and returns a `Reply`, or raises `ChatError` with a reason
for the reader. Tasks and replies are in `retrieval.domain.llm`. Replies are not checked here. Only `client` imports
LangChain, when the first request is sent.
"""

import logging

# Python would print the warnings of a process that keeps no log, beside the answer that says the same in one line.
logging.getLogger(__name__).addHandler(logging.NullHandler())
