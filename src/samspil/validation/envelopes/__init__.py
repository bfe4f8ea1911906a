"""Judges of what messages travel in: is the envelope as its profile has it, and does it fit what lies in it?"""
