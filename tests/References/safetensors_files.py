"""A witness of the safetensors format in numpy: https://github.com/huggingface/safetensors#format (Debian has no package of it).

Run: /usr/bin/python3 tests/References/safetensors_files.py write FOLDER   writes files and expected.json
     /usr/bin/python3 tests/References/safetensors_files.py read FILE      prints what FILE holds as JSON
"""

import hashlib
import json
import pathlib
import struct
import sys

import numpy as np

NUMPY = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def elements(dtype, data):
    if dtype == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(data, NUMPY[dtype])


def read(path):
    raw = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + length])
    metadata = header.pop("__metadata__", {})
    body = raw[8 + length:]
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = elements(entry["dtype"], body[start:end]).reshape(entry["shape"])
    return tensors, metadata


def described(tensors, metadata):
    digest = hashlib.sha256()
    lines = []
    for name, array in tensors.items():
        if array.dtype.kind == "f":
            digest.update(np.ascontiguousarray(array).astype("<f4").tobytes())
            lines.append(f"{name} {','.join(map(str, array.shape))}")
    return {"tensors": lines, "metadata": metadata, "sha256": digest.hexdigest()}


def write(path, tensors, metadata=None, order=None):
    """tensors: name → (dtype, shape, bytes). order: the names in the order their elements lie in the file."""
    header, places, offset = {}, {}, 0
    for name in order or tensors:
        places[name] = [offset, offset + len(tensors[name][2])]
        offset = places[name][1]
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (dtype, shape, _) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": places[name]}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(tensors[name][2] for name in order or tensors))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    numbers = np.random.default_rng(7).standard_normal(60)
    tensors = {
        "single": ("F32", [3, 4], numbers[:12].astype("<f4").tobytes()),
        "half": ("F16", [2, 3], numbers[12:18].astype("<f2").tobytes()),
        "bfloat16": ("BF16", [5], (numbers[18:23].astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()),
        "double": ("F64", [2, 2, 2], numbers[23:31].astype("<f8").tobytes()),
        "counter": ("I64", [], np.array(3, "<i8").tobytes()),
        "mask": ("BOOL", [3], np.array([True, False, True]).tobytes()),
        "scalar": ("F32", [], np.array(2.5, "<f4").tobytes()),
        "empty": ("F32", [0, 5], b""),
        "größe": ("F32", [1], np.array([-0.0], "<f4").tobytes()),
        "large half": ("F16", [300, 257], np.random.default_rng(8).standard_normal(300 * 257).astype("<f2").tobytes()),
    }
    write(folder / "types.safetensors", tensors, {"format": "pt", "größe": "ja"})
    write(folder / "shuffled.safetensors", tensors, order=sorted(tensors, reverse=True))
    expected = {}
    for name in ("types", "shuffled"):
        expected[f"{name}.safetensors"] = described(*read(folder / f"{name}.safetensors"))
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False))


if sys.argv[1] == "write":
    main(pathlib.Path(sys.argv[2]))
else:
    print(json.dumps(described(*read(sys.argv[2])), ensure_ascii=False))
