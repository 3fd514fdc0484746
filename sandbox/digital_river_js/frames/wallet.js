// The payment sheet that stands in for Apple Pay and Google Pay.
//
// It reports each choice of address and shipping to the storefront, and is busy until the storefront has answered.

const part = (id) => document.getElementById(id);

let request = null;
/** How many answers of the storefront are awaited. */
let awaited = 0;

const write = (name, values) => text(request.locale, name, values);

function configure(given) {
  if (request) return;
  request = given;
  document.documentElement.lang = languageOf(request.locale);
  document.title = request.wallet.name;
  part("notice").textContent = write("notice", { wallet: request.wallet.name });
  part("address-label").textContent = write(request.requestShipping ? "shipTo" : "billTo");
  part("shipping-label").textContent = write("shipping");
  part("card-label").textContent = write("card");
  part("card").textContent = WALLET_CARD;
  part("email-label").textContent = write("contact");
  part("email").value = WALLET_EMAIL;
  part("last-name-label").textContent = write("lastName");
  part("last-name").value = "Lovelace";
  part("last-name-hint").textContent = write("lastNameHint");
  for (const [index, { address }] of walletAddresses(request.country).entries()) {
    part("address").append(new Option(`${address.line1}, ${address.postalCode} ${address.city}`, index));
  }
  show();
  part("sheet").hidden = false;
  part("address").focus();
  if (request.requestShipping) reportAddress();
}

/** Show the items, the shipping options and the total as the storefront has given them. */
function show() {
  part("merchant").textContent = write("payTo", { label: request.total.label });
  const rows = (request.displayItems ?? []).map((item) => [item, ""]);
  part("items").replaceChildren(...[...rows, [request.total, "total"]].flatMap(([item, kind]) => itemRow(item, kind)));
  part("pay").textContent = awaited ? write("busy") : write("pay", { amount: amountOf(request.total) });
  part("pay").disabled = awaited > 0;
  showOptions();
}

function itemRow({ label, amount, isPending }, kind) {
  const value = isPending ? write("pending") : amountOf({ amount });
  return [newNode("dt", { class: kind }, kind ? write("total") : label), newNode("dd", { class: kind }, value)];
}

function showOptions() {
  const options = request.requestShipping ? (request.shippingOptions ?? []) : [];
  const chosen = chosenOption()?.id ?? options.find(({ selected }) => selected)?.id ?? options[0]?.id;
  const focused = document.activeElement?.name === "option";
  part("shipping-row").hidden = !options.length;
  part("shipping").replaceChildren(...options.map((option) => optionRow(option, option.id === chosen)));
  if (focused) part("shipping").querySelector("input:checked")?.focus();
}

function optionRow({ id, label, amount, detail }, isChosen) {
  const radio = newNode("input", { type: "radio", name: "option", value: id, checked: isChosen, onchange: reportOption });
  const name = newNode("span", {}, detail ? `${label} (${detail})` : label);
  return newNode("label", { class: "choice" }, radio, name, newNode("span", {}, amountOf({ amount })));
}

function amountOf({ amount }) {
  return new Intl.NumberFormat(request.locale, { style: "currency", currency: request.currency }).format(amount);
}

function chosenOption() {
  const chosen = part("shipping").querySelector("input:checked")?.value;
  return request.shippingOptions?.find(({ id }) => String(id) === chosen);
}

/** A wallet shows street and name to a storefront only after the shopper has paid. */
function reportAddress() {
  const { city, state, postalCode, country } = person().address;
  report("address", { address: { city, state, postalCode, country } });
}

function reportOption() {
  report("option", chosenOption());
}

function report(kind, data) {
  awaited += 1;
  part("problem").textContent = "";
  show();
  sendToShop(kind, data);
}

/** The storefront's answer: new totals, or why the choice is not possible. */
function changed({ status, error, ...update }) {
  awaited = Math.max(awaited - 1, 0);
  Object.assign(request, update);
  part("problem").textContent = status === "failure" ? (error?.message ?? write("unshippable")) : "";
  show();
  part("pay").disabled ||= status === "failure";
}

function person() {
  const { phoneNumber, address } = walletAddresses(request.country)[part("address").value];
  return { firstName: "Ada", lastName: part("last-name").value.trim(), phoneNumber, email: part("email").value, address };
}

function pay(event) {
  event.preventDefault();
  awaited += 1;
  part("problem").textContent = "";
  show();
  const { email, phoneNumber, ...named } = person();
  const shipped = request.requestShipping
    ? { shippingAddress: { ...named, phoneNumber, email }, shippingOption: chosenOption() ?? null }
    : { shippingAddress: null, shippingOption: null };
  sendToShop("pay", {
    ...{ billingAddress: { ...named, phoneNumber, email }, contactInformation: { ...named, email, phoneNumber } },
    ...shipped,
  });
}

function failed() {
  awaited = 0;
  show();
  part("problem").textContent = write("failed");
}

part("address").addEventListener("change", () => request.requestShipping && reportAddress());
part("sheet").addEventListener("submit", pay);

listenToShop({
  configure,
  changed,
  failed,
  update(given) {
    Object.assign(request, given);
    show();
  },
});
