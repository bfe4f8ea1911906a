"""Shared templates, components, texts and browser assets of every page. Danish first."""
