"""A real browser, driven over the DevTools protocol: headless Chromium, where there is one."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Seconds: far more than anything here takes.
PATIENCE = 30
_FLAGS = """--headless=new --no-sandbox --remote-debugging-port=0 --no-first-run --disable-gpu --disable-dev-shm-usage
--disable-background-networking --disable-component-update --disable-extensions --mute-audio --hide-scrollbars
--window-size=900,700""".split()


class Browser:
    """A running browser and the socket it is spoken to through."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._events: dict[tuple[str, str], asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Hand out what the browser says, until it says no more."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                waiting = self._answers.pop(said["id"], None)
            else:
                waiting = self._events.pop((said.get("sessionId", ""), said["method"]), None)
            if waiting and not waiting.done():
                waiting.set_result(said)

    async def call(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """What a method of the protocol gives back."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        asked = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        await self._socket.send_json(asked)
        async with asyncio.timeout(PATIENCE):
            said = await answer
        assert "error" not in said, f"{method}: {said['error']}"
        return dict(said["result"])

    def expect(self, method: str, session: str) -> asyncio.Future[dict[str, Any]]:
        """The next event of that name; to be asked for before what brings it about."""
        return self._events.setdefault((session, method), asyncio.get_running_loop().create_future())

    @asynccontextmanager
    async def page(self, *, dark: bool = False, scripts: bool = True) -> AsyncIterator[Page]:
        """A tab of its own, closed in the end."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = Page(self, session)
        await page.call("Page.enable")
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await page.call("Emulation.setEmulatedMedia", features=scheme)
        await page.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        yield page
        await self.call("Target.closeTarget", targetId=target)


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """What a method of the protocol gives back for this tab."""
        return await self._browser.call(method, self._session, **params)

    async def open(self, url: str) -> None:
        """Go to an address as a person does who follows a link from elsewhere, and wait until the page is loaded."""
        loaded = self._browser.expect("Page.loadEventFired", self._session)
        gone = await self.call("Page.navigate", url=url)
        assert "errorText" not in gone, gone
        async with asyncio.timeout(PATIENCE):
            await loaded

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression, or of its promise."""
        found = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def scroll(self) -> None:
        """Wait until the page has scrolled."""
        await self.evaluate(
            "scrollY || new Promise(done => addEventListener('scroll', done, {once: true})).then(() => 1)"
        )

    async def shows(self, selector: str) -> bool:
        """Whether the element stands whole within the window."""
        box = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect()"
        return bool(await self.evaluate(f"(box => box.top >= 0 && box.bottom <= innerHeight)({box})"))

    async def press(self, key: str, code: int) -> None:
        """Press a key and let it go; `code` is the one it has had in browsers since Windows."""
        text = {"text": "\r"} if key == "Enter" else {}
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    async def screenshot(self) -> bytes:
        """What is to be seen, as PNG; drawn anew, so that all that was due has happened."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start the browser with a profile of its own; end it and all its children in the end."""
    assert EXECUTABLE
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await create_subprocess_exec(
            EXECUTABLE, *_FLAGS, f"--user-data-dir={profile}", stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
        try:
            async with asyncio.timeout(PATIENCE):
                address = await _address(process)
            async with ClientSession() as client, client.ws_connect(address, max_msg_size=0) as socket:
                browser = Browser(socket)
                # It stops at a pipe that nobody reads.
                work = asyncio.gather(browser.listen(), _read_on(process))
                yield browser
                work.cancel()
                with suppress(asyncio.CancelledError):
                    await work
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _address(process: Process) -> str:
    """Where the browser listens, which it says once it does."""
    assert process.stderr
    async for line in process.stderr:
        if found := re.search(rb"DevTools listening on (ws://\S+)", line):
            return found[1].decode()
    raise AssertionError("the browser has ended")


async def _read_on(process: Process) -> None:
    assert process.stderr
    while await process.stderr.read(65536):
        pass
