"""All words of both languages, and the sentences made of them."""
