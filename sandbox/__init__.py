"""A stand-in of the Digital River Commerce API and of its payment service, for development and tests.

It keeps its state in memory, is strict where the real service is strict, and imports nothing of the gateway.
`python -m sandbox` starts it. `/_sandbox/` lists its controls, what it imitates, and what it does not imitate.
"""
