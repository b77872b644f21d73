"""Text to vectors, and the nearest vectors to a query. This package knows neither articles nor a user interface.

Process-wide side effects, for programs that embed this package:

- Opening a FAISS index (`embeddings.indexes.faiss_index`) limits FAISS to one thread by `faiss.omp_set_num_threads(1)`
  on import: a single query gains nothing from more, and their idle spinning takes cores from the encoder. Only while an
  index is being grouped are all cores used.
- Loading OpenVINO (`embeddings.encoders.openvino_runtime`) sets `sys.modules["openvino_telemetry"] = None` unless that
  package was imported before, so that OpenVINO and NNCF send no usage statistics.
- Opening a sentence-transformers model (`embeddings.encoders.sentence_transformer`) turns off the progress bars of
  transformers.
"""
