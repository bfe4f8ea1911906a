"""Certificates judged: what they are for, whom a network believes, and whether one holds at a moment.

No storage, no clock: every question takes its moment as an argument, so that yesterday's signature is judged by
yesterday's certificates. `access/certificates.py` keeps what these modules judge.
"""
