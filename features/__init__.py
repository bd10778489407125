"""What is known about a lead at a moment: data contract, feature declarations, kernel, drivers."""
