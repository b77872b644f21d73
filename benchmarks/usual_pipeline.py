"""The usual pipeline, as short as it gets: `python usual_pipeline.py MODEL FOLDER QUESTION`."""

import json
import sys
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

model, folder, question = sys.argv[1:]
encoder = SentenceTransformer(model)
index = faiss.read_index(f"{folder}/index.faiss")
texts = json.loads(Path(folder, "texts.json").read_text("utf-8"))
vector = encoder.encode([question], prompt="query: ", normalize_embeddings=True)
for number in index.search(vector, 5)[1][0]:
    print(texts[number])
