"""What the program does, one process a file: check, generate, pack, record, status, verify."""
