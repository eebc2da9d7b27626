"""What a bureau adds to the reports it hands over: its brand, and what it writes about a client."""
