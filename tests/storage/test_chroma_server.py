"""The vector index on a Chroma server instead of in a folder."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import run
from retrieval.storage.vectors.chroma import DownloadedMiniLM

pytestmark = pytest.mark.slow
SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a Chroma server of this test's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
    # Leaving the block waits for the process and closes its pipe.
    with subprocess.Popen(
        [*command, "--path", str(tmp_path / "server")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        assert any("listening on address" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_a_server_follows_the_catalog_and_answers(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BRIEFING_CHROMA_URL", server)
    data = ["--json", "--data-dir", str(tmp_path / "data")]
    assert run(["ingest", str(SEEDS), *data]) == 0
    capsys.readouterr()
    assert run(["search", "Budapest Memorandum", *data]) == 0
    assert json.loads(capsys.readouterr().out)["passages"]
    assert not (tmp_path / "data" / "chroma").exists()


def test_a_server_that_is_not_there_is_named_and_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("BRIEFING_CHROMA_URL", url)
    data = ["--json", "--data-dir", str(tmp_path)]
    assert run(["ingest", str(SEEDS), *data]) == 0
    said = f"no Chroma server answers at {url}: start it"
    assert capsys.readouterr().err.count(said) == 1
    assert run(["search", "Budapest Memorandum", *data]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["passages"]
    assert output.err.count(said) == 1
    assert run(["doctor", "--data-dir", str(tmp_path)]) == 1
    assert f"FAIL vector index: {said}" in " ".join(capsys.readouterr().out.split())


def test_the_model_that_chroma_downloads_is_the_same_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    from retrieval.embedding.local_model import MiniLM, export_fp32, required_folder

    # What a download would leave behind.
    shutil.copytree(required_folder(), tmp_path / "onnx", ignore=shutil.ignore_patterns("model.safetensors"))
    export_fp32(tmp_path / "onnx" / "model.onnx")
    monkeypatch.setattr(ONNXMiniLM_L6_V2, "DOWNLOAD_PATH", tmp_path)
    text = "Ukraine gives up its ambition to join NATO."
    downloaded = DownloadedMiniLM().embed_query(text)
    ours = MiniLM(tmp_path / "models").embed_query(text)
    assert sum(one * other for one, other in zip(downloaded, ours, strict=True)) > 0.98
