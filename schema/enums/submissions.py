"""Enums for submissions and declines."""

from gateway.enums import DeclineAdvice, DeclineSeverity, SubmissionStatus
from schema.descriptions import Code, describe_codes, describe_enum

describe_codes(
    SubmissionStatus,
    "Status of a submission.",
    IN_PROGRESS=Code(
        "The gateway is processing the submission, or is about to finish it after the shopper's approval.",
        "Show that the order is being placed, without a button. After a return from a payment page call `resumeOrder` "
        "with the key; otherwise read `orderSubmission` every second.",
    ),
    PLACED=Code(
        "The order is placed.",
        "Go to the confirmation page with `order`, and forget the key. The next cart is a new one.",
    ),
    AWAITING_PAYMENT=Code(
        "The order is placed, but the shopper's payment has not arrived yet.",
        "Go to the confirmation page, show `instructions` with amount, reference and date, and forget the key. The "
        "page of the order shows them again in `paymentInstructions`.",
    ),
    ACTION_REQUIRED=Code(
        "The shopper has to act; see OrderActionRequired.",
        "Keep the key. With RedirectShopperAction, open `redirectUrl`, and call `resumeOrder` on the page to which the "
        "shopper returns, whatever they decided. With AuthenticateSourceAction, let DigitalRiver.js authenticate the "
        "source; then submit with a new key if `pendingOrder` is null, otherwise call `resumeOrder`.",
    ),
    DECLINED=Code(
        "The payment was declined; there is no order.",
        "Go to the payment step, show `decline.shopperMessage` and follow `decline.advice`. The cart is as before. "
        "Forget the key: the next try has a new one.",
    ),
    BLOCKED=Code(
        "The gateway or Digital River found a blocker; there is no order and no charge.",
        "Go to the step of the first blocker and follow its code. Then submit with a new key.",
    ),
    NOT_PLACED=Code(
        "The submission was sent and had no effect; there is no order.",
        "Show `shopperMessage` with `supportReference`, and the button that buys: the shopper may submit with a new "
        "key.",
    ),
    IN_DOUBT=Code(
        "The outcome is not known; the gateway keeps checking.",
        "Show that the order is being checked, and that the shopper will not pay twice. Keep the key and read "
        "`orderSubmission` from `checkAfter` on. Never submit with another key: there may be an order.",
    ),
)

describe_enum(
    DeclineSeverity,
    "Whether a payment with the same source can succeed later.",
    SOFT="Another payment with the same source may succeed. Digital River value: Soft.",
    HARD="Another payment with the same source will not succeed. Digital River value: Hard.",
    UNKNOWN="Digital River did not report the severity.",
)

describe_codes(
    DeclineAdvice,
    "What to suggest after a decline.",
    TRY_AGAIN=Code(
        "Try the same source again.",
        "Leave the source attached and show the button that buys again, with a new key.",
    ),
    TRY_LATER=Code(
        "Try the same source later.",
        "Say that the same payment may work after `decline.retryAfter`, and show the drop-in for another one now.",
    ),
    AUTHENTICATE=Code(
        "Authenticate the source, then try again.",
        "Read `paymentSession.nextAction`. With AuthenticateSourceAction, let DigitalRiver.js authenticate the source, "
        "then submit with a new key. Otherwise show the drop-in.",
    ),
    CHECK_DETAILS=Code(
        "Check the details that were entered.",
        "Show the drop-in anew, because card details cannot be changed afterwards, and attach the source that it "
        "makes.",
    ),
    USE_ANOTHER_SOURCE=Code(
        "Use another source.",
        "Show the drop-in and the other payment methods, and attach the new source, which replaces the declined one.",
    ),
    CONTACT_BANK=Code(
        "Contact the bank.",
        "Show `decline.shopperMessage`, and the drop-in for another payment.",
    ),
)
