"""States of the payment session of a cart, before and after its submission.

After the submission, `sandbox/timeline/settlement.py` changes the state as time passes.
"""

from sandbox.demo_shop.payment_methods import Workflow

SESSION_STATES = (
    "requires_source",
    "requires_confirmation",
    "requires_action",
    "pending_redirect",
    "pending_funds",
    "pending",
    "chargeable",
    "complete",
    "failed",
    "cancelled",
)
"""All states of a payment session that Digital River documents."""

STATES_AFTER_SUBMISSION: dict[Workflow, tuple[str, str]] = {
    "standard": ("Submitted", "complete"),
    "redirect-then-submit": ("Submitted", "complete"),
    "submit-then-redirect": ("Source Pending Redirect", "pending_redirect"),
    "delayed": ("Source Pending Funds", "pending_funds"),
}
"""State of the order and state of its payment session right after the submission, by the payment method's workflow."""


def state_of_cart(
    *, forced: str | None, after_submission: str | None, has_failed: bool, source_state: str | None, is_paid: bool
) -> str:
    """State of a cart's payment session.

    `forced` is a state that a sandbox control has set. It overrides every other state. `after_submission` is the state
    of a submitted cart. `is_paid` is True if the attached sources cover the total.
    """
    if forced is not None:
        return forced
    if after_submission is not None:
        return after_submission
    if has_failed:
        return "failed"
    if source_state == "requires_action":
        return "requires_action"
    return "requires_confirmation" if is_paid else "requires_source"
