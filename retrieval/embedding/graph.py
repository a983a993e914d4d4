"""The ONNX graph of a sentence model with BERT's architecture, built from its published weights.

Imports `onnx`, so it is imported only to build a model, never to run one. BERT is Devlin et al. 2019; mean pooling and
unit length are from Sentence-BERT (Reimers and Gurevych 2019).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in four bits: blocks of 32 weights, each a 16-bit `scales` entry times (nibble - 8).

    `scales` [rows, blocks] float16, `nibbles` [rows, blocks, 16] uint8; the low halves of the bytes are a block's
    first 16 weights, the high halves its last (Q4_0 of GGML).
    """

    scales: NDArray[np.float16]
    nibbles: NDArray[np.uint8]

    def floats(self) -> NDArray[np.float32]:
        """The matrix in 32-bit floats, [rows, 32 * blocks]."""
        whole = np.concatenate([self.nibbles & 15, self.nibbles >> 4], axis=-1).astype(np.float32) - 8
        scaled: NDArray[np.float32] = whole * self.scales[..., None].astype(np.float32)
        return scaled.reshape(len(scaled), -1)


# A model's arrays by the names they have in the Transformers library. A table of embeddings may be in blocks.
Weights = Mapping[str, NDArray[np.float32] | Blocks]


def build_graph(
    name: str,
    weights: Weights,
    layers: int,
    heads: int,
    *,
    pooled: bool = True,
    int8: bool = False,
    by_token: bool = False,
) -> onnx.ModelProto:
    """Build the model.

    `pooled`: `input_ids` [batch, tokens] without padding -> `embedding` [batch, width] of unit length.
    Otherwise: `input_ids`, `attention_mask`, `token_type_ids` [batch, tokens] -> `last_hidden_state`
    [batch, tokens, width]. All inputs int64, all outputs float32.

    `int8`: linear layers in 8-bit integers, word embeddings in 16-bit floats. The integers have one scale a text, or
    one a token: a few numbers of multilingual-e5-small are far larger than all others, so that one scale leaves the
    others three or four bits (cosine with the float model, means subtracted, .974 against .993; 5% slower).
    """
    graph = _Graph(name, weights, heads, int8=int8, by_token=by_token)
    hidden = _embed(graph, pooled=pooled)
    bias = None if pooled else _mask_bias(graph)
    for number in range(layers):
        hidden = _layer(graph, hidden, f"encoder.layer.{number}.", bias)
    tokens = ["batch", "tokens"]
    if pooled:
        mean = graph.add("ReduceMean", hidden, graph.constant("tokens_axis", np.array([1])), keepdims=0)
        vector = graph.add("LpNormalization", mean, axis=-1, p=2)
        return graph.model({"input_ids": tokens}, vector, "embedding", ["batch", graph.width])
    inputs = {"input_ids": tokens, "attention_mask": tokens, "token_type_ids": tokens}
    return graph.model(inputs, hidden, "last_hidden_state", [*tokens, graph.width])


def _embed(graph: _Graph, *, pooled: bool) -> str:
    """Sum of word, position and token-type embeddings, normalised."""
    # Positions by CumSum, because onnxruntime's embedding fusion fails with Range and Slice here.
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    ones = graph.add("Add", graph.add("Mul", "input_ids", zero), one)
    positions = graph.add("Sub", graph.add("CumSum", ones, one), one)
    words = graph.lookup("embeddings.word_embeddings.weight", "input_ids")
    places = graph.lookup("embeddings.position_embeddings.weight", positions)
    types = "embeddings.token_type_embeddings.weight"
    kind = graph.constant("type_0", graph.weights(types)[0]) if pooled else graph.lookup(types, "token_type_ids")
    return graph.norm(graph.add("Add", graph.add("Add", words, places), kind), "embeddings.LayerNorm")


def _mask_bias(graph: _Graph) -> str:
    """0 where a token counts and -10,000 where it is padding, [batch, 1, 1, tokens], added to the scores."""
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    padding = graph.add("Sub", mask, graph.constant("one_f", np.float32(1)))
    bias = graph.add("Mul", padding, graph.constant("far", np.float32(10_000)))
    return graph.add("Unsqueeze", bias, graph.constant("heads_and_rows", np.array([1, 2])))


def _layer(graph: _Graph, x: str, prefix: str, bias: str | None) -> str:
    """One transformer layer; `x` is [batch, tokens, width] and so is what it returns."""
    attended = graph.linear(_attention(graph, x, prefix + "attention.self.", bias), prefix + "attention.output.dense")
    x = graph.norm(graph.add("Add", attended, x), prefix + "attention.output.LayerNorm")
    inner = graph.add("Gelu", graph.linear(x, prefix + "intermediate.dense"))
    return graph.norm(graph.add("Add", graph.linear(inner, prefix + "output.dense"), x), prefix + "output.LayerNorm")


def _attention(graph: _Graph, x: str, prefix: str, bias: str | None) -> str:
    heads = graph.constant("heads", np.array([0, 0, graph.heads, graph.width // graph.heads]))

    def split(name: str, order: list[int]) -> str:
        return graph.add("Transpose", graph.add("Reshape", graph.linear(x, prefix + name), heads), perm=order)

    query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
    scale = graph.constant("scale", np.float32(math.sqrt(graph.width // graph.heads)))
    scores = graph.add("Div", graph.add("MatMul", query, key), scale)
    if bias is not None:
        scores = graph.add("Add", scores, bias)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.constant("joined", np.array([0, 0, graph.width]))
    return graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), joined)


class _Graph:
    """Collects nodes and constants; every method adds one step and returns the name of its output."""

    def __init__(self, name: str, weights: Weights, heads: int, *, int8: bool, by_token: bool) -> None:
        self.heads = heads
        self._name = name
        self._weights = weights
        self.width = len(self.weights("embeddings.LayerNorm.weight"))
        self._int8 = int8
        self._by_token = by_token
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._quantised: dict[str, tuple[str, str, str]] = {}

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        self._nodes.append(helper.make_node(kind, list(inputs), names, name=name, **attributes))
        return name

    def constant(self, name: str, value: NDArray[Any] | np.float32) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def weights(self, name: str) -> NDArray[np.float32]:
        found = self._weights[name]
        return found.floats() if isinstance(found, Blocks) else found

    def lookup(self, name: str, rows: str) -> str:
        table = self._weights[name]
        if isinstance(table, Blocks):
            return self._unpack(name, table, rows)
        if not self._int8:
            return self.add("Gather", self.constant(name, table), rows)
        halves = self.add("Gather", self.constant(name, table.astype(np.float16)), rows)
        return self.add("Cast", halves, to=TensorProto.FLOAT)

    def _unpack(self, name: str, table: Blocks, rows: str) -> str:
        """The rows of a table that stays in four bits: a vocabulary of 250,000 takes 54 MB, in 16-bit floats 192."""
        packed = self.add("Gather", self.constant(f"{name}.nibbles", table.nibbles), rows)
        low = self.add("BitwiseAnd", packed, self.constant("low_half", np.array(15, np.uint8)))
        high = self.add("BitShift", packed, self.constant("high_half", np.array(4, np.uint8)), direction="RIGHT")
        whole = self.add("Cast", self.add("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
        signed = self.add("Sub", whole, self.constant("eight", np.float32(8)))
        scales = self.add("Gather", self.constant(f"{name}.scales", table.scales[..., None]), rows)
        floats = self.add("Mul", signed, self.add("Cast", scales, to=TensorProto.FLOAT))
        return self.add("Reshape", floats, self.constant("joined", np.array([0, 0, self.width])))

    def norm(self, x: str, name: str) -> str:
        scale, bias = (self.constant(f"{name}.{part}", self.weights(f"{name}.{part}")) for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def linear(self, x: str, name: str) -> str:
        weight = self.weights(f"{name}.weight")
        if self._int8:
            product = self._integer_product(x, name, weight)
        else:
            product = self.add("MatMul", x, self.constant(f"{name}.weight", weight.T))
        return self.add("Add", product, self.constant(f"{name}.bias", self.weights(f"{name}.bias")))

    def _integer_product(self, x: str, name: str, weight: NDArray[np.float32]) -> str:
        """A matrix product as by onnxruntime's `quantize_dynamic`: weights scaled by column, `x` at run time.

        Weights have seven bits, not eight: processors without VNNI add two products in 16 bits and would
        overflow.
        """
        scales = (np.abs(weight).max(axis=1) / 63).astype(np.float32)
        rounded = np.rint(weight / scales[:, None]).astype(np.int8)
        if x not in self._quantised:  # query, key and value share theirs
            self._quantised[x] = self._rounded_by_token(x) if self._by_token else self._rounded(x)
        values, scale, zero = self._quantised[x]
        product = self.add("MatMulInteger", values, self.constant(f"{name}.int8", rounded.T), zero)
        if self._by_token:  # in this order: the other onnxruntime fuses, and takes the scale for one number
            by_token = self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), scale)
            return self.add("Mul", by_token, self.constant(f"{name}.scales", scales))
        factor = self.add("Mul", scale, self.constant(f"{name}.scales", scales))
        return self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), factor)

    def _rounded(self, x: str) -> tuple[str, str, str]:
        """`x` as whole numbers from 0 to 255, their scale, and the number that represents zero."""
        values = self.add("DynamicQuantizeLinear", x, outputs=3)
        return values, f"{values}_1", f"{values}_2"

    def _rounded_by_token(self, x: str) -> tuple[str, str, str]:
        """The same with one scale a token, [batch, tokens, 1]."""
        largest = self.add("ReduceMax", self.add("Abs", x), self.constant("last_axis", np.array([-1])))
        above_zero = self.add("Max", largest, self.constant("tiny", np.float32(1e-9)))
        scale = self.add("Div", above_zero, self.constant("largest", np.float32(127)))
        zero = self.constant("zero_point", np.array(128, np.uint8))
        shifted = self.add("Add", self.add("Round", self.add("Div", x, scale)), self.constant("shift", np.float32(128)))
        return self.add("Cast", shifted, to=TensorProto.UINT8), scale, zero

    def model(
        self, inputs: Mapping[str, list[str]], result: str, output: str, shape: list[str | int]
    ) -> onnx.ModelProto:
        nodes = [*self._nodes, helper.make_node("Identity", [result], [output], name=output)]
        graph = helper.make_graph(
            nodes,
            self._name,
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name, axes in inputs.items()],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
            list(self._constants.values()),
        )
        # Opset 20 is the first with Gelu; IR 10 was current with it, so older runtimes read the file too.
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
