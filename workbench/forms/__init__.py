"""Forms made from the schema of settings, and their inputs."""
