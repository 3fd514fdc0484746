"""A stand-in of the Digital River Commerce API and of its payment service, for development and tests.

It keeps its state in memory, is strict where the real service is strict, and imports nothing of the gateway.
`python -m sandbox` starts it; `/_sandbox/` lists what it is moved with, `/_sandbox/keys` the demo shop's keys.

It imitates guests: their tokens and renewal, the catalogue with categories, search, variations, volume prices
and stock, in English and German; offers of every documented kind, on their own, on a product, at a point of
promotion and beside a cart; one active cart for a token, lines that are added through an offer and below
another line, coupons and offers of the whole order, addresses, shipping options, tax registrations, payment
sessions, sources of every documented method, each with what it asks for and in its own market (and made without
a browser by a control, in the place of DigitalRiver.js), store credit
beside them or alone, the cart's older list of methods, the page of a payment provider with its four answers,
the challenge of a bank, submit-cart and resume-cart. `/_ledger` plays the merchant's own book of store
credit. Orders: the list of an account with its pages and states, one order with its lines and addresses,
downloads, and the look-up by password or by card. Time fulfils an order, settles a late charge, ends a
review, and lets a source lapse that waits for money; a control does so at once, another moves an order to any
state, and another makes orders arrive. Test cards and last names decide what becomes of a payment
(`sandbox/fates.py`). `/_sandbox/events` lists what a merchant's server would have been told of delayed
payments. Accounts: registration, sign-in by password and by the merchant's reference, profile, address book,
payment options with the sources they make reusable, and apply-shopper. With a switch the addresses of a cart
are verified, and corrections offered. Subscriptions: begun by the orders of shoppers with an account, changed
over `/v1/subscriptions` with the merchant's key, renewed by an order each as the clock moves on, and shown by
the older resource of the shopper.

Where the sources leave it open: a search finds what has every word in its name, description or variations; a
category lists what is below it too; `expand` with `category.categories.category` shows children in full,
`all` in short. An offer is taken for all lines of a call, and its price holds for what was added through it;
a child goes with its parent line. Of coupons and offers of the order the one that takes off most counts. A
list of orders takes several states by commas, and everything of an order with `expand=all`, as a look-up
does; a look-up that finds nothing is a 404, whatever of it was wrong, and lets nobody read the order by its
number afterwards. A tax identifier that does not fit is a 409 `vat-exemption-failure`; Brazil demands one.
Credit beyond the total, a second one, and a method that cannot stand beside it are refused when attached;
credit beside a subscription, or what is sold before it is there, when the cart is submitted. What credit pays
is at most the total, and grows and shrinks with it. A refresh token is good for one renewal. A cart without
goods is submitted without a shipping address. After a hard decline the source is failed. Who approved at the
provider before the submission approves once more. Wrong credentials are a 401 `invalid_request`, whatever of
them is wrong; a name that is taken is a 409 `shopper-already-exists`. A guest's token that is shown at a
sign-in is used up by it, and the cart goes along, into the account's own where both hold lines. All tokens of
an account see one cart. A saved source pays for its owner alone; refusals of a payment option are
`payment-option-already-exists`, `source-already-exists`, `source_not_found`, `source_not_chargeable` and
`nonreusable_source`. A removed option takes its source along. Lines of a product that recurs have
`subscriptionInfo`. A change of a subscription is made a minute after it was accepted; its orders come as a
shopper's do. One that does not renew ends with its term, one whose renewal cannot be paid a week after it. A
trial costs what the product costs. A cart that costs nothing needs no source. A card that is challenged is
made as `requires_action`, can be attached so, and then so is the session; saved, it is challenged for each
purchase, and its charge is a soft `authentication_required` before that.
`POST /payments/sources/{id}/authentication` is what `authenticateSource` stands on. A saved source of a redirect
method needs no redirect any more. Direct debit settles three days later, as `Charge Pending` until then; a
review passes after a day; an order that is blocked, or whose money does not come, is `Cancelled`. Prices in
the currencies of Brazil, China, India, Korea, Malaysia and Poland follow the dollar.

It does not imitate:

- XML: every answer is JSON, and calls that asked for none are counted
- the previews, prices, dates and add-ons of subscriptions
- financing, private stores, and countries other than those of `sandbox/taxes.py`
- elements and sheets of wallets: their sources are made without any, and captures and refunds that fail
- overridden prices and discounts, offers on shipping, and offers that add products by themselves
- landed cost, and texts in languages other than English and German
- returns, events of anything but delayed payments, their delivery, and anything else of the Admin API
- rate limits and parallel writes by themselves; both can be asked for as a fault
"""
