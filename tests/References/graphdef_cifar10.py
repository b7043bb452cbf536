"""Counts how many of CIFAR-10's 10,000 test images a GraphDef classifies correctly in OpenCV, and compares its logits with PyTorch's.

Run: /usr/bin/python3 tests/References/graphdef_cifar10.py GRAPH.pb DATA NAME   (Debian python3-opencv, python3-numpy)
DATA is the folder of the test data (RESNETML_TEST_DATA), NAME resnet20 or resnet56.
"""

import csv
import pathlib
import sys
import zipfile

import cv2
import numpy as np

BATCH = 250
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def main(graph, data, name):
    net = cv2.dnn.readNetFromTensorflow(graph)
    net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    cv2.setNumThreads(1)
    expected = np.load(data / "models/cifar-resnet" / f"{name}_cifar10_test_logits.npy")
    rows = list(csv.DictReader(open(data / "cifar10/cifar10_test_index.csv")))
    labels = np.array([int(row["label"]) for row in rows])
    logits = np.empty_like(expected)
    with zipfile.ZipFile(data / "cifar10/cifar10_test_png.zip") as images:
        for start in range(0, len(rows), BATCH):
            batch = []
            for row in rows[start:start + BATCH]:
                pixels = cv2.imdecode(np.frombuffer(images.read(row["path"]), np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
                batch.append(((pixels.astype(np.float32) / np.float32(255) - MEAN) / DEVIATION).transpose(2, 0, 1))
            net.setInput(np.ascontiguousarray(np.stack(batch)))
            logits[start:start + BATCH] = net.forward()
    print(f"{name}: {(logits.argmax(1) == labels).sum()} of {len(rows)} correct, logits off by at most {np.abs(logits - expected).max():.1e}")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3])
