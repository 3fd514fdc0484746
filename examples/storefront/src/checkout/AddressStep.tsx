import { useId, useState } from "react";
import { AddressFields } from "../address/AddressFields";
import { addressLines } from "../address/form";
import { type Kind, useAddressForm } from "../address/useAddressForm";
import { CheckoutPrepareDocument } from "./checkout.generated";
import type { Problem } from "../problems/problem";
import { useTexts } from "../texts";
import { type Chosen, choiceInput, chosenAt, messagesFor } from "./address-step";
import { SavedAddresses } from "./SavedAddresses";
import { Suggestions } from "./Suggestions";
import { Step } from "./Step";
import { submitting } from "./submitting";
import { useCheckout } from "./useCheckout";

interface Props {
  isOpen: boolean;
  onChange: () => void;
  onCancel?: (() => void) | undefined;
  onDone: () => void;
}

type Faults = Record<Kind, Record<string, string>>;
const NONE: Faults = { billing: {}, shipping: {} };

export function AddressStep({ isOpen, onChange, onCancel, onDone }: Props) {
  const { cart } = useCheckout();
  const { checkout } = useTexts();
  return (
    <Step
      id="address"
      title={checkout.addressStep}
      state={isOpen ? "open" : "done"}
      onChange={onChange}
      onCancel={onCancel}
    >
      {isOpen ? <AddressForm onDone={onDone} /> : <AddressSummary />}
      {!isOpen && <Suggestions key={cart.revision} />}
    </Step>
  );
}

function AddressSummary() {
  const { cart, locale } = useCheckout();
  const lines = (address: object | null | undefined) => (address ? addressLines(address, locale) : []);
  const { checkout } = useTexts();
  const [billing, shipping] = [cart.billingAddress?.address, cart.shippingAddress?.address];
  const isSame = isDeliveredToPayer(cart);
  return (
    <div className="address-summaries">
      {shipping && !isSame && <Written title={checkout.shipping} lines={lines(shipping)} />}
      <Written
        title={isSame && shipping ? checkout.shipping : checkout.billing}
        lines={[...lines(billing), ...(billing?.email ? [billing.email] : [])]}
      />
    </div>
  );
}

function Written({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <div className="stack-tight">
      <h3 className="small">{title}</h3>
      <address className="address">
        {lines.map((line, index) => (
          <span key={index}>{line}</span>
        ))}
      </address>
    </div>
  );
}

function AddressForm({ onDone }: { onDone: () => void }) {
  const { cart, account, locale, change, isBusy } = useCheckout();
  const { checkout } = useTexts();
  const id = useId();
  const saved = account?.addresses ?? [];
  const preferred = (saved.find(({ isDefault }) => isDefault) ?? saved[0])?.id ?? null;
  const [billing, setBilling] = useState(() => chosenAt(cart.billingAddress, locale, preferred));
  const [shipping, setShipping] = useState(() => chosenAt(cart.shippingAddress, locale, preferred));
  const [isSame, setSame] = useState(() => isDeliveredToPayer(cart));
  const [faults, setFaults] = useState<Faults>(NONE);
  const [insisted, setInsisted] = useState<ReadonlySet<string>>(new Set());
  const billingForm = useAddressForm("billing", billing.values.countryCode, locale);
  const shippingForm = useAddressForm("shipping", shipping.values.countryCode, locale);
  const isLoading = !billingForm || !shippingForm;
  const hasOther = cart.requiresShipping && !isSame;
  const idOf = (kind: Kind) => (name: string) => `${id}${kind}-${name}`;

  function show(found: Faults): void {
    setFaults(found);
    const [first] = (["billing", "shipping"] as const).flatMap((kind) => Object.keys(found[kind]).map(idOf(kind)));
    if (first) document.getElementById(first)?.focus();
  }

  async function send(): Promise<void> {
    if (!billingForm || !shippingForm) return;
    const payer = messagesFor("billing", billing, billingForm.fields, insisted, checkout);
    const receiver = messagesFor("shipping", shipping, hasOther ? shippingForm.fields : [], insisted, checkout);
    const found: Faults = { billing: payer.messages, shipping: receiver.messages };
    setInsisted(new Set([...insisted, ...payer.unusual, ...receiver.unusual]));
    show(found);
    if (Object.keys(found.billing).length + Object.keys(found.shipping).length > 0) return;
    const delivered = hasOther ? choiceInput(shipping, shippingForm.fields) : { sameAs: "BILLING" as const };
    const input = {
      billing: choiceInput(billing, billingForm.fields),
      ...(cart.requiresShipping ? { shipping: delivered } : {}),
      ...(hasNoDelivery(cart) ? { shippingOption: { rule: "CHEAPEST" as const } } : {}),
    };
    const showProblems = (problems: readonly Problem[]) => {
      const { shown, left } = byField(problems);
      show(shown);
      return left;
    };
    const done = await change(CheckoutPrepareDocument, { input }, (data) => data.prepareCheckout, { showProblems });
    if (done) onDone();
  }

  const part = (kind: Kind, chosen: Chosen, setChosen: (chosen: Chosen) => void) => (
    <fieldset className="stack">
      <legend className="legend">{kind === "billing" ? checkout.billing : checkout.shipping}</legend>
      {saved.length > 0 && (
        <SavedAddresses name={`${id}${kind}`} saved={saved} chosen={chosen} onChange={setChosen} />
      )}
      {chosen.savedId === null && (
        <AddressFields
          {...{ kind, locale }}
          form={kind === "billing" ? billingForm : shippingForm}
          values={chosen.values}
          faults={faults[kind]}
          idOf={idOf(kind)}
          onChange={(values) => {
            const isMoved = values.countryCode !== chosen.values.countryCode;
            // A subdivision of the country before would be sent, although no option of the list has it.
            setChosen({ ...chosen, values: isMoved ? { ...values, countrySubdivision: "" } : values });
          }}
        />
      )}
    </fieldset>
  );

  return (
    <form className="stack" noValidate onSubmit={submitting(send)}>
      {part("billing", billing, setBilling)}
      {cart.requiresShipping && (
        <label className="check">
          <input type="checkbox" checked={isSame} onChange={(event) => setSame(event.target.checked)} />
          {checkout.shippingSame}
        </label>
      )}
      {hasOther && part("shipping", shipping, setShipping)}
      <div>
        <button className="button" aria-disabled={isBusy || isLoading}>
          {isBusy ? checkout.saving : checkout.continue}
        </button>
      </div>
    </form>
  );
}

type Cart = ReturnType<typeof useCheckout>["cart"];

function isDeliveredToPayer({ billingAddress, shippingAddress }: Cart): boolean {
  if (!shippingAddress) return true;
  const [payer, receiver] = [billingAddress?.address ?? {}, shippingAddress.address];
  return addressLines(payer, "en").join() === addressLines(receiver, "en").join();
}

function hasNoDelivery({ requiresShipping, shippingOptions }: Cart): boolean {
  return requiresShipping && !shippingOptions.some(({ isSelected }) => isSelected);
}

/** Problems beside their fields, and those that are about no field of the form. */
function byField(problems: readonly Problem[]): { shown: Faults; left: Problem[] } {
  const shown: Faults = { billing: {}, shipping: {} };
  const left: Problem[] = [];
  for (const problem of problems) {
    const [, kind, choice, name] = problem.path ?? [];
    if ((kind === "billing" || kind === "shipping") && choice === "address" && name) {
      shown[kind][name] = problem.message;
    } else left.push(problem);
  }
  return { shown, left };
}
