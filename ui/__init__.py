"""The web page: asks an archive and shows what it returns. Knows `rag`; nothing else knows this package."""

import os

# Gradio reads this when it is imported, so it has to stand before any import of it: no call home, ever.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
