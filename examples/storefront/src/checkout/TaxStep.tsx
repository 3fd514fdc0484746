import { useId, useState } from "react";
import { CheckoutPrepareDocument } from "./checkout.generated";
import type { Problem } from "../problems/problem";
import { useFirstFault } from "../parts/use-first-fault";
import { useTexts } from "../texts";
import { Step } from "./Step";
import { submitting } from "./submitting";
import { useCheckout } from "./useCheckout";

const isOfField = ({ path }: Problem) => path?.includes("tax") ?? false;

/** Tax numbers, in the countries that require one. */
export function TaxStep() {
  const { cart, change, isBusy } = useCheckout();
  const { checkout } = useTexts();
  const id = useId();
  const [values, setValues] = useState<Record<string, string>>({});
  const [faults, setFaults] = useState<readonly string[]>([]);
  const form = useFirstFault(faults);
  const found = cart.readiness?.blockers.find((each) => each.__typename === "TaxIdentifierBlocker");
  const [requirement] = found?.__typename === "TaxIdentifierBlocker" ? found.requirements : [];
  if (!requirement) return null;

  async function save(): Promise<void> {
    if (!requirement) return;
    const taxIdentifiers = Object.entries(values)
      .map(([key, value]) => ({ key, value: value.trim() }))
      .filter(({ value }) => value !== "");
    if (taxIdentifiers.length === 0) {
      setFaults([checkout.missing]);
      return;
    }
    const input = { tax: { customerType: requirement.customerType, taxIdentifiers } };
    const showProblems = (problems: readonly Problem[]) => {
      setFaults(problems.filter(isOfField).map(({ message }) => message));
      return problems.filter((problem) => !isOfField(problem));
    };
    await change(CheckoutPrepareDocument, { input }, (data) => data.prepareCheckout, { showProblems });
  }

  return (
    <Step id="tax" title={checkout.taxStep} state="open">
      <form ref={form} className="stack" noValidate onSubmit={submitting(save)}>
        <p>{checkout.taxText}</p>
        {requirement.fields.map(({ key, label, help }) => (
          <div className="field" key={key}>
            <label className="field-label" htmlFor={`${id}${key}`}>
              {label}
            </label>
            <input
              id={`${id}${key}`}
              className="input"
              autoComplete="off"
              aria-invalid={faults.length > 0}
              aria-describedby={help ? `${id}${key}-help ${id}faults` : `${id}faults`}
              value={values[key] ?? ""}
              onChange={(event) => setValues({ ...values, [key]: event.target.value })}
            />
            {help && (
              <p className="field-hint" id={`${id}${key}-help`}>
                {help}
              </p>
            )}
          </div>
        ))}
        <div id={`${id}faults`} role="alert" className="field-error">
          {faults.map((fault) => (
            <p key={fault}>{fault}</p>
          ))}
        </div>
        <div>
          <button className="button" aria-disabled={isBusy}>
            {checkout.save}
          </button>
        </div>
      </form>
    </Step>
  );
}
