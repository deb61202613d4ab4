"""What is left when a part dies: real processes, real signals, and a query at the end."""
