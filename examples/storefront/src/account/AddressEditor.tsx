import { useEffect, useId, useState } from "react";
import { AddressFields } from "../address/AddressFields";
import { addressInput, type AddressValues } from "../address/form";
import { type AddressFormOfCountry, useAddressForm } from "../address/useAddressForm";
import { messagesFor } from "../checkout/address-step";
import { type ProfilePartsFragment, SaveAddressDocument, type SavedAddressPartsFragment } from "./account.generated";
import { useChange } from "../graph/use-change";
import { useMarket } from "../market/MarketProvider";
import { DataForm, typed } from "../parts/DataForm";
import { TextField } from "../parts/TextField";
import { useFirstFault } from "../parts/use-first-fault";
import { Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { valuesOf } from "../address/values";

interface Props {
  /** Null for a new one. */
  entry: SavedAddressPartsFragment | null;
  /** Fields that this page needs, whatever the country requires. */
  needed?: readonly string[];
  /** Whose address a new one is. */
  person?: ProfilePartsFragment;
  /** Whether the shopper has opened the form, and goes on in its first field. */
  takesFocus: boolean;
  onDone: () => void;
}

/** The form of an entry of the address book. */
export function AddressEditor({ entry, needed = [], person, takesFocus, onDone }: Props) {
  const texts = useTexts();
  const { locale } = useMarket().market;
  const id = useId();
  const [values, setValues] = useState<AddressValues>(() => ({
    ...(entry ? {} : namesOf(person)),
    ...valuesOf(entry?.address, locale),
  }));
  const [messages, setMessages] = useState<Record<string, string>>({});
  // Values that the post office's rules do not know, with which the shopper has sent the form before.
  const [insisted, setInsisted] = useState<ReadonlySet<string>>(new Set());
  const form = requiring(needed, useAddressForm("billing", values.countryCode, locale));
  const { send, isBusy, problems } = useChange(SaveAddressDocument, (data) => data.saveAddress);

  const element = useFirstFault(messages, problems);
  useEffect(() => {
    if (takesFocus) element.current?.querySelector<HTMLElement>("input")?.focus();
  }, [element, takesFocus]);

  async function save(data: FormData) {
    if (!form) return;
    const checked = messagesFor("billing", { savedId: null, values }, form.fields, insisted, texts.checkout);
    setMessages(checked.messages);
    setInsisted(new Set([...insisted, ...checked.unusual]));
    if (Object.keys(checked.messages).length) return;
    const payload = await send({
      id: entry?.id ?? null,
      nickname: typed(data, "nickname"),
      isDefault: data.has("isDefault"),
      address: addressInput(form.fields, values),
    });
    if (payload) onDone();
  }

  const names = new Set(["nickname", "countryCode", ...(form?.fields.map(({ name }) => name) ?? [])]);
  const refused = Object.fromEntries(problems.map(({ path, message }) => [path?.at(-1) ?? "", message]));
  return (
    <DataForm ref={element} className="panel stack" onSubmit={(data) => void save(data)}>
      <TextField
        name="nickname"
        label={texts.account.nickname}
        isRequired
        value={entry?.nickname ?? ""}
        problem={refused["nickname"]}
      />
      <AddressFields
        kind="billing"
        locale={locale}
        form={form}
        values={values}
        faults={{ ...refused, ...messages }}
        onChange={setValues}
        idOf={(name) => `${id}-${name}`}
      />
      <label className="check">
        <input type="checkbox" name="isDefault" defaultChecked={entry?.isDefault ?? false} />
        <span>{texts.account.preferAddress}</span>
      </label>
      <Problems list={problems.filter(({ path }) => !names.has(path?.at(-1) ?? ""))} />
      <div className="row">
        <button type="submit" className="button" aria-disabled={isBusy || !form}>
          {texts.account.save}
        </button>
        <button type="button" className="button button-link" onClick={onDone}>
          {texts.checkout.cancel}
        </button>
      </div>
    </DataForm>
  );
}

function namesOf(person: ProfilePartsFragment | undefined): Partial<AddressValues> {
  const { firstName, lastName, email } = person ?? {};
  return { ...(firstName && { firstName }), ...(lastName && { lastName }), ...(email && { email }) };
}

function requiring(needed: readonly string[], form: AddressFormOfCountry | null): AddressFormOfCountry | null {
  if (!form) return null;
  const fields = form.fields.map((field) => (needed.includes(field.name) ? { ...field, isRequired: true } : field));
  return { ...form, fields };
}
