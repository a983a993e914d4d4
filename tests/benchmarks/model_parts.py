"""Where the default embedding model's time goes: the shares of its kernels, as onnxruntime's profiler tells them.

    python -m tests.benchmarks.model_parts MODELS_FOLDER --tokens 160

One text of so many tokens runs again and again on one thread; of every kernel the median counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from retrieval.embedding.local_model import MODEL_FILE, MiniLM

RUNS = 40
# The kernels of a part, by their names in onnxruntime.
PARTS = {
    "products of integers, with rounding to them": (
        "DynamicQuantizeMatMul",
        "MatMulIntegerToFloat",
        "DynamicQuantizeLinear",
    ),
    "layer normalisation after a sum": ("SkipLayerNormalization", "LayerNormalization"),
    "attention, in floats": ("MatMul", "FusedMatMul", "Softmax"),
    "GELU": ("Gelu",),
    "transposes": ("Transpose",),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the milliseconds of a text, and the share of every part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, help="the folder of the models; the model is built if it is not there")
    parser.add_argument("--tokens", type=int, default=160)
    asked = parser.parse_args(arguments)
    MiniLM(asked.models).embed_query("built")
    taken = kernels(asked.models / MODEL_FILE, asked.tokens)
    total = sum(taken.values())
    print(f"{asked.tokens} tokens: {total / 1000:.1f} ms")
    for part, names in PARTS.items():
        print(f"{part:45} {sum(taken.pop(name, 0.0) for name in names) / total:4.0%}")
    print(f"{'the rest':45} {sum(taken.values()) / total:4.0%}")


def kernels(model: Path, tokens: int) -> dict[str, float]:
    """The microseconds of a text by kernel."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    ids = np.random.default_rng(1).integers(1_000, 28_000, (1, tokens))
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = f"{folder}/profile"
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        for _ in range(RUNS):
            session.run(None, {"input_ids": ids})
        events = json.loads(Path(session.end_profiling()).read_text())
    by_node: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in events:
        if each["cat"] == "Node" and each["name"].endswith("_kernel_time"):
            by_node[each["args"]["op_name"], each["name"]].append(each["dur"])
    taken: dict[str, float] = defaultdict(float)
    for (kernel, _), durations in by_node.items():
        taken[kernel] += statistics.median(durations)
    return taken


if __name__ == "__main__":
    main()
