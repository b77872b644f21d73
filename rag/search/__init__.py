"""From a question to its answer: candidates, scores, re-ranking, grouping, highlights, confidence, citations."""
