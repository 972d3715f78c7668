"""Reads signed pages that were scanned: which page it is, and which signature boxes hold ink.

Ink is all that is told. Whether it is a signature, and whose, no program can say.
"""
