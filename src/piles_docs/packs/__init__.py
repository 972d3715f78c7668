"""Bind issued PDFs into one signature pack for each signatory."""
