"""Pure functions on strings: words, sentences, numbers, times, languages, similarity."""
