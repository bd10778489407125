"""How marketing and sales do, in figures that are told with what they rest on: pure arithmetic."""
