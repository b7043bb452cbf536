"""Runs frozen GraphDefs with two readers that are not ours: OpenCV's dnn module, and numpy by the descriptions of TensorFlow's operations.

Run: /usr/bin/python3 tests/References/graphdef_readers.py FOLDER   (Debian python3-numpy; python3-opencv for the first reader)
FOLDER/cases.json: [{"name", "shape" (of the input, channels last), "readers"}]; NAME.pb is the graph, NAME.in its input in float32.
Writes NAME.numpy and NAME.opencv (float32, flat, in the graph's order of axes) or NAME.opencv.error.
"""

import json
import math
import os
import pathlib
import struct
import sys

import numpy as np

os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
try:
    import cv2
except ImportError:
    cv2 = None


# --- the wire format of protocol buffers, with the field numbers of TensorFlow's .proto files ---

def fields(data):
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        kind = key & 7
        if kind == 0:
            value, position = varint(data, position)
        elif kind == 1:
            value, position = data[position:position + 8], position + 8
        elif kind == 2:
            length, position = varint(data, position)
            value, position = data[position:position + length], position + length
        elif kind == 5:
            value, position = data[position:position + 4], position + 4
        else:
            raise ValueError(f"wire type {kind}")
        yield key >> 3, value


def varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def shape_of(data):
    return [signed(dict(fields(dim)).get(1, 0)) for number, dim in fields(data) if number == 2]


def tensor_of(data):
    entries = dict(fields(data))
    if 7 in entries:
        return np.array(signed(varint(entries[7], 0)[0]), np.int32).reshape(shape_of(entries.get(2, b"")))
    dtype = {1: "<f4", 3: "<i4"}[entries[1]]
    return np.frombuffer(entries.get(4, b""), dtype).reshape(shape_of(entries.get(2, b"")))


def attribute(data):
    entries = list(fields(data))
    if not entries:
        return None
    number, value = entries[0]
    if number == 1:
        numbers = []
        for entry, item in fields(value):
            assert entry == 3
            position = 0
            while position < len(item):
                one, position = varint(item, position)
                numbers.append(signed(one))
        return numbers
    return {2: lambda: value.decode(), 3: lambda: signed(value), 4: lambda: struct.unpack("<f", value)[0], 5: lambda: bool(value),
            6: lambda: value, 7: lambda: shape_of(value), 8: lambda: tensor_of(value)}[number]()


def nodes_of(data):
    for number, node in fields(data):
        if number != 1:
            continue
        name = op = ""
        inputs, attributes = [], {}
        for entry, value in fields(node):
            if entry == 1:
                name = value.decode()
            elif entry == 2:
                op = value.decode()
            elif entry == 3:
                inputs.append(value.decode())
            elif entry == 5:
                pair = dict(fields(value))
                attributes[pair[1].decode()] = attribute(pair.get(2, b""))
        yield name, op, inputs, attributes


# --- operations, as https://www.tensorflow.org/api_docs/python/tf/raw_ops describes them ---

def windows(x, kernel, strides, dilations, padding, fill):
    """[places..., kernel area, N, C] of a channels-last x: for each place of the window, the elements under it."""
    spatial = x.shape[1:-1]
    pads, places = [(0, 0)], []
    for length, k, s, d in zip(spatial, kernel, strides, dilations):
        reach = (k - 1) * d + 1
        if padding == "SAME":
            count = -(-length // s)
            total = max((count - 1) * s + reach - length, 0)
            pads.append((total // 2, total - total // 2))
        else:
            assert padding == "VALID"
            count = -(-(length - reach + 1) // s)
            pads.append((0, 0))
        places.append(count)
    x = np.pad(x, pads + [(0, 0)], constant_values=fill)
    for offset in np.ndindex(*kernel):
        index = tuple(slice(o * d, o * d + (p - 1) * s + 1, s) for o, d, p, s in zip(offset, dilations, places, strides))
        yield offset, x[(slice(None),) + index]


def conv(i, a):
    x, w = i
    total = 0
    for offset, part in windows(x, w.shape[:-2], a["strides"][1:-1], a["dilations"][1:-1], a["padding"], 0):
        total = total + part @ w[offset].astype(np.float64)
    return total


def depthwise(i, a):
    x, w = i
    assert a["strides"][1] == a["strides"][2] and a["dilations"] == [1, 1, 1, 1]
    total = 0
    for offset, part in windows(x, w.shape[:2], a["strides"][1:-1], [1, 1], a["padding"], 0):
        total = total + part[..., None] * w[offset].astype(np.float64)
    return total.reshape(total.shape[:3] + (-1,))


def max_pool(i, a):
    parts = windows(i[0], a["ksize"][1:-1], a["strides"][1:-1], [1, 1], a["padding"], -np.inf)
    return np.max([part for _, part in parts], axis=0)


def avg_pool(i, a):
    def total(x):
        return sum(part for _, part in windows(x, a["ksize"][1:-1], a["strides"][1:-1], [1, 1], a["padding"], 0))

    return total(i[0]) / total(np.ones_like(i[0]))


def batch_norm(i, a):
    x, scale, offset, mean, variance = i
    assert a["is_training"] is False
    return (x - mean) / np.sqrt(variance.astype(np.float64) + a["epsilon"]) * scale + offset


def lrn(i, a):
    x, r = i[0].astype(np.float64), a["depth_radius"]
    squares = np.pad(x * x, [(0, 0)] * 3 + [(r, r)])
    total = sum(squares[..., k:k + x.shape[-1]] for k in range(2 * r + 1))
    return x / (a["bias"] + a["alpha"] * total) ** a["beta"]


def softmax(x):
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def strided(i, a):
    x, begin, end, steps = i
    index = tuple(
        slice(None if a["begin_mask"] >> k & 1 else int(begin[k]), None if a["end_mask"] >> k & 1 else int(end[k]), int(steps[k]))
        for k in range(len(begin)))
    return x[index]


def cut(i, _):
    x, begin, size = i
    return x[tuple(slice(b, None if s == -1 else b + s) for b, s in zip(begin, size))]


def reduced(function):
    return lambda i, a: function(i[0].astype(np.float64), axis=tuple(int(k) for k in i[1]), keepdims=a["keep_dims"])


def one(function):
    return lambda i, a: function(i[0].astype(np.float64))


def two(function):
    return lambda i, a: function(i[0].astype(np.float64), i[1])


SELU = (1.0507009873554805, 1.6732632423543772)
OPERATIONS = {
    "Conv2D": conv, "Conv3D": conv, "DepthwiseConv2dNative": depthwise, "MaxPool": max_pool, "AvgPool": avg_pool,
    "FusedBatchNormV3": batch_norm, "LRN": lrn, "Softmax": one(softmax), "LogSoftmax": one(lambda x: np.log(softmax(x))),
    "BiasAdd": two(np.add), "AddV2": two(np.add), "Sub": two(np.subtract), "Mul": two(np.multiply), "RealDiv": two(np.divide),
    "Maximum": two(np.maximum), "Minimum": two(np.minimum), "Pow": two(np.power),
    "MatMul": two(np.matmul), "BatchMatMulV2": two(np.matmul),
    "Mean": reduced(np.mean), "Sum": reduced(np.sum), "Max": reduced(np.max), "Min": reduced(np.min),
    "Relu": one(lambda x: np.maximum(x, 0)), "Relu6": one(lambda x: np.clip(x, 0, 6)), "Elu": one(lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
    "Selu": one(lambda x: SELU[0] * np.where(x > 0, x, SELU[1] * np.expm1(np.minimum(x, 0)))),
    "LeakyRelu": lambda i, a: np.where(i[0] > 0, i[0], a["alpha"] * i[0]),
    "Sigmoid": one(lambda x: 1 / (1 + np.exp(-x))), "Tanh": one(np.tanh), "Softplus": one(lambda x: np.log1p(np.exp(x))),
    "Softsign": one(lambda x: x / (1 + np.abs(x))), "Exp": one(np.exp), "Log": one(np.log), "Sqrt": one(np.sqrt), "Abs": one(np.abs),
    "Neg": one(np.negative), "Reciprocal": one(np.reciprocal), "Erf": one(np.vectorize(math.erf)),
    "Pad": lambda i, a: np.pad(i[0], i[1]), "PadV2": lambda i, a: np.pad(i[0], i[1], constant_values=i[2]),
    "MirrorPad": lambda i, a: np.pad(i[0], i[1], mode={"REFLECT": "reflect", "SYMMETRIC": "symmetric"}[a["mode"]]),
    "Reshape": lambda i, a: i[0].reshape(i[1]), "Transpose": lambda i, a: np.transpose(i[0], i[1]),
    "ConcatV2": lambda i, a: np.concatenate(i[:a["N"]], axis=int(i[-1])), "Slice": cut, "StridedSlice": strided, "Identity": lambda i, a: i[0],
}


def run(graph, x):
    values = {}
    for name, op, inputs, attributes in nodes_of(graph):
        if op == "Const":
            values[name] = attributes["value"]
        elif op == "Placeholder":
            expected = attributes["shape"]
            assert name == "input" and expected[0] == -1 and list(x.shape[1:]) == expected[1:], (name, expected, x.shape)
            values[name] = x
        elif op == "Split":
            parts = np.split(values[inputs[1]], attributes["num_split"], axis=int(values[inputs[0]]))
            values[name] = parts[0]
            values.update({f"{name}:{k}": part for k, part in enumerate(parts)})
        else:
            assert "T" in attributes, name
            result = OPERATIONS[op]([values[key] for key in inputs], attributes)
            values[name] = np.asarray(result, np.float32)
    return values["logits"]


def run_opencv(path, x):
    # Its last layer: OpenCV merges operations, of which "logits" is one, and keeps one name.
    net = cv2.dnn.readNetFromTensorflow(str(path))
    net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    order = (0, x.ndim - 1) + tuple(range(1, x.ndim - 1))
    net.setInput(np.ascontiguousarray(x.transpose(order)) if x.ndim >= 4 else x)
    result = net.forward()
    return result.transpose(0, 2, 3, 1) if result.ndim == 4 else result


def in_child(path, x):
    """In a process of its own: OpenCV's reader may end it."""
    child = os.fork()
    if child == 0:
        cv2.setNumThreads(1)
        try:
            np.ascontiguousarray(run_opencv(path.with_suffix(".pb"), x)).astype("<f4").tofile(path.with_suffix(".opencv"))
        except cv2.error as error:
            path.with_suffix(".opencv.error").write_text(str(error))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        path.with_suffix(".opencv.error").write_text(f"ended with status {status}")


def main(folder):
    for case in json.loads((folder / "cases.json").read_text()):
        path = folder / (case["name"] + ".in")
        x = np.fromfile(path, "<f4").reshape(case["shape"])
        if "numpy" in case["readers"]:
            run(path.with_suffix(".pb").read_bytes(), x).astype("<f4").tofile(path.with_suffix(".numpy"))
        if "opencv" in case["readers"] and cv2:
            in_child(path, x)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
