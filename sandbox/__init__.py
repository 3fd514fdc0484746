"""The sandbox: a local imitation of the Digital River Commerce API and its payment service, for development and tests.

The sandbox holds its state in memory, rejects what the real service rejects, and imports nothing from the gateway.
`python -m sandbox` starts the sandbox. The page `/_sandbox/` lists its controls and what it does and does not imitate.
"""
