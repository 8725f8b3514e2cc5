"""What a hostile world does to the program: a short form in pytest, a long one by `python -m tests.hostile`."""
