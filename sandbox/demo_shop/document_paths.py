"""Paths at which the sandbox serves payment slips and downloads."""

DOCUMENTS_PATH = "/_sandbox/documents"


def payment_slip(number: str) -> str:
    return f"{DOCUMENTS_PATH}/slips/{number}"


def download(order_id: int, slug: str) -> str:
    return f"{DOCUMENTS_PATH}/downloads/{order_id}/{slug}"
