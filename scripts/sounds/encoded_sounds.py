"""A quarter of a second of 440 Hz in the formats that browsers decode, written by libsndfile (`pip install soundfile`).

Usage: python encoded_sounds.py > src/testing/files/encoded-sounds.json
"""

import base64
import io
import json

import numpy
import soundfile

RATE = 16_000
tone = (0.5 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(RATE // 4) / RATE)).astype("float32")


def encoded(**form):
    file = io.BytesIO()
    soundfile.write(file, tone, RATE, **form)
    return base64.b64encode(file.getvalue()).decode()


print(
    json.dumps(
        {
            "mp3": encoded(format="MP3"),
            "ogg": encoded(format="OGG", subtype="VORBIS"),
            "opus": encoded(format="OGG", subtype="OPUS"),
            "flac": encoded(format="FLAC", subtype="PCM_16"),
        },
        indent=2,
    )
)
