"""The standards as data: types and versions, code lists, the texts of every finding. Written by us, proof-readable.

The only folder that reads data files. What MedCom, HL7 or IHE decide stands here; code elsewhere interprets it.
"""
