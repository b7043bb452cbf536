"""Runs a frozen TensorFlow graph of a CIFAR network with OpenCV's dnn module.

Usage: /usr/bin/python3 opencv_graph.py GRAPH.pb IMAGES.bin LOGITS.bin   (Debian python3-opencv)
IMAGES.bin: float32 [n, 3, 32, 32]; LOGITS.bin: float32 [n, classes]. Exit code 3: OpenCV is not installed.
"""

import sys

try:
    import cv2
    import numpy as np
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

graph, images, logits = sys.argv[1:]
network = cv2.dnn.readNetFromTensorflow(graph)
batches = np.fromfile(images, "<f4").reshape(-1, 3, 32, 32)
with open(logits, "wb") as target:
    for first in range(0, len(batches), 250):
        network.setInput(batches[first : first + 250])
        target.write(np.ascontiguousarray(network.forward(), "<f4").tobytes())
