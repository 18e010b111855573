"""One file for each construct: how it is entered, what it does when a frame below it ends, on an event, and when it is
cancelled.
"""
