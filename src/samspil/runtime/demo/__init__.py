"""`samspil up --demo`: a small synthetic Denmark that exchanges messages, so that every page has something to show.

cast     who takes part            town    the registers of the two sites
script   what they write           stage   everything up and running
props    other people's systems    play    the script performed
"""
