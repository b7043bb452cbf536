#!/usr/bin/python3
"""Makes train.zip and test.zip beside this file from the full Fashion-MNIST set.

    /usr/bin/python3 data/fashion-mnist-sample/make.py [FOLDER]

FOLDER holds the four IDX files (.gz); default /usr/share/datasets/fashion-mnist, where Debian's package dataset-fashion-mnist puts them.
Takes the first 300 training and the first 100 test images of each class, in the set's own order, and writes each as a grey PNG named after
its index in the set: train/<class>/<index>.png. The same input gives the same zip, byte for byte, with the same zlib and Pillow.
"""
import gzip
import io
import pathlib
import struct
import sys
import zipfile

from PIL import Image

CLASSES = ["t-shirt-top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"]
SIDE = 28


def read_idx(path, magic):
    content = gzip.open(path).read()
    found, count = struct.unpack(">II", content[:8])
    assert found == magic, f"{path}: expected an IDX file that starts {magic:08x}, got {found:08x}"
    return content[8 if magic == 0x801 else 16:], count


def png(pixels):
    stream = io.BytesIO()
    Image.frombytes("L", (SIDE, SIDE), pixels).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def make(source, split, prefix, per_class, target):
    images, count = read_idx(source / f"{prefix}-images-idx3-ubyte.gz", 0x803)
    labels, _ = read_idx(source / f"{prefix}-labels-idx1-ubyte.gz", 0x801)
    chosen = {name: [] for name in CLASSES}
    for index in range(count):
        members = chosen[CLASSES[labels[index]]]
        if len(members) < per_class:
            members.append(index)

    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(CLASSES):
            for index in chosen[name]:
                entry = zipfile.ZipInfo(f"{split}/{name}/{index:05}.png", date_time=(1980, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, png(images[index * SIDE * SIDE:(index + 1) * SIDE * SIDE]))

    print(f"{target}: {sum(map(len, chosen.values()))} images, {target.stat().st_size:,} bytes")


folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
here = pathlib.Path(__file__).parent
make(folder, "train", "train", 300, here / "train.zip")
make(folder, "test", "t10k", 100, here / "test.zip")
