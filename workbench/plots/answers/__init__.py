"""What a network answers, one page a kind of answer."""
