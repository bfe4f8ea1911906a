"""The words of the field as frozen values: what is said, by whom, about whom, and what is wrong with it.

Nothing here knows a wire format, a database or a clock. Every other folder speaks these words.
"""
