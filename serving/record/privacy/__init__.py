"""What may be done with the data of leads, for how long, and all of it gone."""
