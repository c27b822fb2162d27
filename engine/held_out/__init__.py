"""What a network says of what it has never seen, in the form that suits the data, and how well."""
