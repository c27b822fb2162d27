"""The input side: what is learned from, what is asked, which network, how it is trained; and what came of it."""
