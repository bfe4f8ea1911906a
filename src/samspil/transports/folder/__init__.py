"""The wire of files: a system puts letters into one folder, and finds those for it in another."""
