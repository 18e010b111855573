"""The second driver: the same machine in memory, with virtual time and planned faults. For numbers and faults, not for
promises about the server.
"""
