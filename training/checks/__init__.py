"""What was said, held against what came."""
