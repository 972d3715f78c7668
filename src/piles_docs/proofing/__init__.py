"""Proofing: what is wrong in a template before it is rendered, and in a document once it is made."""
