"""The command line: parse words, call one use case, print."""
