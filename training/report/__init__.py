"""What a training tells: tables and plots."""
