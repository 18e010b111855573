"""The Temporal driver: the one generic workflow. It carries commands out and brings events back; it decides nothing
about meaning.
"""
