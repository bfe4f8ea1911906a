"""Durable store-and-forward. Start reading in journey.py: one message, seven verbs.

journey      receive, identify, parse, validate, route, deliver, acknowledge
duplicates   seen before? a total table
routing      where to?
receipts     what we owe the sender, and what an answer settles
delivery     couriers, one an endpoint: try, wait, give up
deadlines    acknowledgements that do not come
acts         what an operator may do
tracking     what happened, in order
store/       the statements, nothing else
"""
