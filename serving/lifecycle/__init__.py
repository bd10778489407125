"""The life of a lead, as marketing and sales agreed on it: pure functions over plain values."""
