"""Turn a case and a Word template into a DOCX, and a DOCX into a PDF."""
