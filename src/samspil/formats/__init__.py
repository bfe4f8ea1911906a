"""Bytes to values and values to bytes, without I/O, clock or chance: one folder a wire format.

`identify` tells what bytes are; `readers` names each format's reader. A reader keeps what it does not understand,
never raises on bytes, and leaves judgement to `validation`.
"""
