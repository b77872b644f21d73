"""What may come in: routes, functions, hosts, connections."""
