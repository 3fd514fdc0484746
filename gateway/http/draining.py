"""Whether the process was told to stop, and announces it before it closes its port."""


class Draining:
    """Shared by the server, which begins it, its connections, whose answers then close them, and the health checks."""

    has_begun = False
