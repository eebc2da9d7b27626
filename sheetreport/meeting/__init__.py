"""What prepares a consultant for the meeting with an owner."""
