"""Electronic signatures: fields, keys, levels, what a returned file is worth, and the proof of it.

Built on pyHanko, which signs and checks; the decisions are here. See docs/adr/0012-electronic-signature.md.
"""
