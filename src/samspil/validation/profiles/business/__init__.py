"""What the published rules cannot see: MedCom's written rules that no profile computes, one module a family."""
