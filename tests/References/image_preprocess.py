#!/usr/bin/python3
"""PIL's preparation of the 19 ImageNet photographs as golden hashes: writes image-preprocess.json beside this file.

convert("RGB"), shorter side 256 by BILINEAR, the other side round(256 * longer / shorter), crop 224x224 at floored offsets, 8-bit RGB.
Also the normalised tensor of one photograph by numpy in single precision, as its SHA-256, and mode L of all.
Run: /usr/bin/python3 tests/References/image_preprocess.py FOLDER_OF_TEST_DATA
"""
import hashlib
import json
import pathlib
import sys

import numpy
from PIL import Image, __version__

folder = pathlib.Path(sys.argv[1]) / "imagenet" / "mlnet_samples"
photographs = []
for file in sorted(list(folder.glob("*.jpg")) + list(folder.glob("*.png"))):
    image = Image.open(file).convert("RGB")
    prepared = {}
    for mode in ("RGB", "L"):
        picture = image.convert(mode)
        width, height = picture.size
        other = round(256 * max(width, height) / min(width, height))
        size = (256, other) if width <= height else (other, 256)
        picture = picture.resize(size, Image.BILINEAR)
        left, top = (size[0] - 224) // 2, (size[1] - 224) // 2
        picture = picture.crop((left, top, left + 224, top + 224))
        prepared[mode] = hashlib.sha256(picture.tobytes()).hexdigest()
        if mode == "RGB":
            mean = numpy.array([0.485, 0.456, 0.406], numpy.float32)
            deviation = numpy.array([0.229, 0.224, 0.225], numpy.float32)
            pixels = numpy.asarray(picture).astype(numpy.float32) / numpy.float32(255)
            tensor = ((pixels - mean) / deviation).transpose(2, 0, 1)
            prepared["tensor"] = hashlib.sha256(numpy.ascontiguousarray(tensor).astype("<f4").tobytes()).hexdigest()
    photographs.append({"file": file.name, **prepared})

path = pathlib.Path(__file__).parent / "image-preprocess.json"
path.write_text(json.dumps({"pil": __version__, "numpy": numpy.__version__, "photographs": photographs}, indent=1) + "\n")
print(f"{len(photographs)} photographs to {path}")
