"""What the Candidates page is made of."""
