"""The wire that speaks HTTP: what other systems post to us and ask of us, and how we post to them.

A request meets, in order: `wire.py` (the connection keeps its pace), `edge.py` (who calls, may they, what is
said when not), one handler (`deposit.py`, `tracking.py`, …), and `answers.py`. Every path, its right and whether it
leaves an audit mark stands in one table, `operations.py`. People's pages are another folder's.
"""
