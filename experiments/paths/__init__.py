"""Every way to a score gives the same answer: tried on whole projects, through the front door."""
