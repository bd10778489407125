"""What all pages of the workspace share: who asks, what they sent, and how they are answered."""
