"""What a network is made of: parameters, layers of cells, directions, stacks, and the threads that compute them."""
