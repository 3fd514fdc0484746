import type { AddressValues, FormField } from "../address/form";
import { valuesOf } from "../address/values";
import { addressInput, faultOf } from "../address/form";
import type { Kind } from "../address/useAddressForm";
import type { CheckoutTexts } from "../texts/en/checkout";
import type { Cart } from "./useCheckout";

/** An address that the shopper chose from the account, or typed. */
export interface Chosen {
  savedId: string | null;
  values: AddressValues;
}

export function chosenAt(first: Cart["billingAddress"] | undefined, locale: string, savedId: string | null): Chosen {
  return { savedId: first ? null : savedId, values: valuesOf(first?.address, locale) };
}

/** The choice as `AddressChoice`. */
export function choiceInput({ savedId, values }: Chosen, fields: readonly FormField[]) {
  return savedId === null ? { address: addressInput(fields, values) } : { savedAddressId: savedId };
}

/**
 * Messages about a typed address, by field, and its unusual values. `insisted` has those with which the form was sent
 * before: the post office's rules are advice, so a shopper who insists is believed.
 */
export function messagesFor(
  kind: Kind,
  { savedId, values }: Chosen,
  fields: readonly FormField[],
  insisted: ReadonlySet<string>,
  texts: CheckoutTexts,
): { messages: Record<string, string>; unusual: string[] } {
  const messages: Record<string, string> = {};
  const unusual: string[] = [];
  if (savedId !== null) return { messages, unusual };
  for (const field of fields) {
    const value = values[field.name as keyof AddressValues] ?? "";
    const fault = faultOf(field, value);
    const mark = `${kind}.${field.name}=${value}`;
    if (fault === "missing") messages[field.name] = texts.missing;
    if (fault === "unusual" && !insisted.has(mark)) {
      unusual.push(mark);
      const [example] = field.examples;
      messages[field.name] = example ? texts.unusual(example) : texts.unusualNoExample;
    }
  }
  return { messages, unusual };
}
