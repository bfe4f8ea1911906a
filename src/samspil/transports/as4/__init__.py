"""AS4 on eDelivery: messages between access points, signed, encrypted and receipted.

`sending` makes what goes out, `receiving` opens what comes in, `receipts` settles between them; none of them reads a
clock, opens a connection or keeps anything. Ids, nonces, keys and the hour are given by the edge that calls.
"""
