"""What is fast, measured: each script prints its figures and checks that the results agree."""
