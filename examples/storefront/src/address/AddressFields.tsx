import { useId, useState } from "react";
import { isWide } from "../parts/is-wide";
import { Bar } from "../parts/Skeleton";
import { type Texts, useTexts } from "../texts";
import { autocomplete, type AddressValues, type FieldName, type FormField, inputType, shownFields } from "./form";
import { type AddressFormOfCountry, type Kind, useAddressFormFailure, useCountries } from "./useAddressForm";
import "./address.css";

interface Props {
  kind: Kind;
  locale: string;
  form: AddressFormOfCountry | null;
  values: AddressValues;
  /** Messages by the names of the fields. */
  faults: Readonly<Record<string, string>>;
  onChange: (values: AddressValues) => void;
  /** Id of the control of a field, to which a message can lead. */
  idOf: (name: string) => string;
}

/** The fields of an address, as the country of the address has them. */
export function AddressFields({ kind, locale, form, values, faults, onChange, idOf }: Props) {
  const texts = useTexts();
  const countries = useCountries(kind, locale);
  const [isFolding] = useState(() => !isWide());
  const set = (name: string, value: string) => onChange({ ...values, [name]: value });
  const fields = shownFields(form?.fields ?? [], values);
  const isInUse = ({ name }: FormField) => Boolean(values[name as FieldName]) || faults[name] !== undefined;
  const folded = fields.filter(({ name, isRequired }) => isFolding && !isRequired && RARE.includes(name));
  const shown = fields.filter((field) => !folded.includes(field));
  const row = (field: FormField) => (
    <AddressField
      key={field.name}
      {...{ kind, field }}
      id={idOf(field.name)}
      value={values[field.name as FieldName] ?? ""}
      fault={faults[field.name]}
      subdivisions={form?.subdivisions ?? []}
      onChange={(value) => set(field.name, value)}
    />
  );
  return (
    <div className="address-fields">
      <Field id={idOf("countryCode")} label={texts.checkout.country} fault={faults["countryCode"]} isWide>
        {(control) => (
          <select
            {...control}
            className="input"
            name="countryCode"
            autoComplete={`${kind} country`}
            value={values.countryCode}
            onChange={(event) => set("countryCode", event.target.value)}
          >
            {countries.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {!form && <MissingForm country={values.countryCode} locale={locale} />}
      {shown.map(row)}
      {folded.length > 0 && (
        <details className="field-wide" open={folded.some(isInUse)}>
          <summary>{texts.checkout.moreFields(folded.map((field) => labelOf(field, texts)))}</summary>
          <div className="address-fields">{folded.map(row)}</div>
        </details>
      )}
    </div>
  );
}

function MissingForm({ country, locale }: { country: string; locale: string }) {
  const { checkout, shop } = useTexts();
  const { hasFailed, retry } = useAddressFormFailure(country, locale);
  if (!hasFailed) {
    return (
      <div className="field-wide" role="status" aria-label={shop.loading}>
        <Bar height="20rem" />
      </div>
    );
  }
  return (
    <div className="field-wide row" role="alert" data-missing-form>
      <p>{checkout.notLoaded}</p>
      <button type="button" className="button button-plain" onClick={retry}>
        {checkout.tryAgain}
      </button>
    </div>
  );
}

/** Lines that most shoppers leave empty. They are folded where the form would be long. */
const RARE = ["companyName", "division", "line3"];

function labelOf({ label, name }: FormField, { address }: Texts): string {
  return (address as Partial<Record<string, string>>)[label] ?? name;
}

interface FieldProps {
  kind: Kind;
  id: string;
  field: FormField;
  value: string;
  fault: string | undefined;
  subdivisions: AddressFormOfCountry["subdivisions"];
  onChange: (value: string) => void;
}

const WIDE = ["companyName", "line1", "line2", "line3", "email"];

function AddressField({ kind, id, field, value, fault, subdivisions, onChange }: FieldProps) {
  const texts = useTexts();
  const label = labelOf(field, texts);
  const hint =
    kind === "billing" && field.name === "email"
      ? texts.checkout.emailReason
      : field.name === "phoneNumber"
        ? texts.checkout.phoneReason
        : undefined;
  const common = {
    name: field.name,
    className: "input",
    autoComplete: autocomplete(field.name, kind),
    required: field.isRequired,
    value,
  };
  return (
    <Field {...{ id, label, fault, hint }} isOptional={!field.isRequired} isWide={WIDE.includes(field.name)}>
      {(control) =>
        field.name === "countrySubdivision" && subdivisions.length > 0 ? (
          <select {...control} {...common} onChange={(event) => onChange(event.target.value)}>
            <option value="">{texts.checkout.choose}</option>
            {subdivisions.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...control}
            {...common}
            type={inputType(field.name)}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

interface Control {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

interface LabelledProps {
  id: string;
  label: string;
  fault?: string | undefined;
  hint?: string | undefined;
  isOptional?: boolean;
  isWide?: boolean;
  children: (control: Control) => React.ReactNode;
}

function Field({ id, label, fault, hint, isOptional = false, isWide = false, children }: LabelledProps) {
  const { checkout } = useTexts();
  const described = useId();
  const describedBy = [hint && `${described}hint`, fault && `${described}fault`].filter(Boolean).join(" ");
  return (
    <div className={isWide ? "field field-wide" : "field"}>
      <label className="field-label" htmlFor={id}>
        {label}
        {isOptional && <span className="soft"> ({checkout.optional})</span>}
      </label>
      {children({ id, "aria-invalid": Boolean(fault), "aria-describedby": describedBy || undefined })}
      {hint && (
        <p className="field-hint" id={`${described}hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="field-error" id={`${described}fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
