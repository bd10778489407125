"""The list of work and the page on a lead: what they show, and what is sent from them."""
