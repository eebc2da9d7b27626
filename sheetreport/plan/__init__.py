"""What the actions of a plan give together."""
