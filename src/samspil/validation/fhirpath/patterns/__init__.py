"""Regular expressions that cannot hang: read as a tree, judged, matched by whichever matcher is safe."""
