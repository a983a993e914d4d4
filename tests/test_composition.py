"""The services of compose.yaml as processes of this machine, each by its own command and settings."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from sqlalchemy import text

from retrieval.storage.catalog import open_catalog
from tests import servers
from tests.discord_server import DiscordServer
from tests.shown import read
from tests.test_operating import COMPOSE, DOCKERFILE, OURS
from tests.test_processes import TOKEN, Site, free_port

pytestmark = pytest.mark.slow

PASSWORD = "abc123"  # noqa: S105


@pytest.fixture
def database() -> Iterator[servers.OwnServer]:
    """The service `postgres`: a server with the user and the database that its settings name."""
    made = COMPOSE["services"]["postgres"]["environment"]
    with (
        servers.own_server() as server,
        psycopg.connect(server.address.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        connection.execute(f"CREATE ROLE {made['POSTGRES_USER']} LOGIN PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE DATABASE {made['POSTGRES_DB']} OWNER {made['POSTGRES_USER']} ENCODING 'UTF8'")
        yield server


def environment(name: str, database: servers.OwnServer, site: Site) -> dict[str, str]:
    """The settings of a service, as compose would make them on this machine."""
    service: dict[str, Any] = OURS[name]
    assert service["volumes"] == ["data:/data"] and set(service["depends_on"]) == {"postgres"}
    here = {"@postgres/": f"@127.0.0.1:{database.port}/", "/data": str(site.data_dir)}
    found = {}
    for key, value in service["environment"].items():
        found[key] = re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", PASSWORD, value)
        for theirs, ours in here.items():
            found[key] = found[key].replace(theirs, ours)
    assert "$" not in "".join(found.values())
    return found | {"DISCORD_TOKEN": TOKEN, "BRIEFING_FOLDERS": str(site.data_dir / "reports")}


async def test_the_services_together_answer_from_an_article_that_is_put_into_a_folder(
    tmp_path: Path, database: servers.OwnServer
) -> None:
    site, ports = Site(tmp_path), {name: free_port() for name in OURS}
    (site.data_dir / "reports").mkdir(parents=True)
    async with DiscordServer(token=TOKEN) as server:
        try:
            for name, service in OURS.items():
                settings = environment(name, database, site)
                # Each has a machine of its own there, and the same port.
                site.settings = settings | {"BRIEFING_READER_PORT": str(ports[name])}
                site.start(name, *service["command"], server=server)
            await site.until(lambda: "identify" in server.connections, "not connected")
            (site.data_dir / "reports" / "bridge.md").write_text(
                "# Bridge\n\nThe harbour bridge was closed for rust.\n"
            )
            with closing(open_catalog(settings["BRIEFING_DATABASE_URL"])) as catalog:

                def keys() -> list[Any]:
                    with catalog.reading() as connection:
                        return list(connection.execute(text("SELECT key FROM articles WHERE file = 'bridge.md'")))

                await site.until(lambda: bool(keys()), "not ingested")
                ((key,),) = keys()
            asked = await server.slash(server.general, "ann", "ask", question="Why was the harbour bridge closed?")
            shown = partial(server.original, asked)
            await site.until(lambda: "for rust" in read(shown() or {}), "not answered", shown)
            async with aiohttp.ClientSession() as client:
                page = await client.get(f"http://127.0.0.1:{ports['web']}/a/{key}")
                assert page.status == 200 and "for rust" in await page.text()
            for port in ports.values():
                assert await asyncio.to_thread(healthy, port)
            assert not await asyncio.to_thread(healthy, free_port())
            for name, command in site.running.items():
                command.running.process.terminate()
                ended = await asyncio.to_thread(command.ended)
                assert (name, ended.status) == (name, 0)
                assert [json.loads(line)["message"] for line in ended.err.splitlines() if line.startswith("{")]
        finally:
            for command in site.running.values():
                command.running.process.kill()
                command.running.process.join()


def healthy(port: int) -> bool:
    """What the container's own check says of a process."""
    (check,) = re.findall(r"^HEALTHCHECK .*\n +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    _python, *arguments = json.loads(check)
    ran = subprocess.run(
        [sys.executable, *arguments], check=False, capture_output=True, env={"BRIEFING_READER_PORT": str(port)}
    )
    return ran.returncode == 0
