"""The functions' meanings, by subject. `functions.py` is the table that names them all."""
