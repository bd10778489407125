"""Who leads are: by what they are found and reached, and which of them are one person."""
