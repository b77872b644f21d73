"""Fundstelle in other programs: retrievers for LangChain, LlamaIndex and Haystack, and Zotero.

Each module needs its own library, which `pip install 'fundstelle[NAME]'` installs.
"""
