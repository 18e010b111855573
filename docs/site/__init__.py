"""The documentation as a site: pages of the checkout, put in an order, with their links followed. See `make site`."""
