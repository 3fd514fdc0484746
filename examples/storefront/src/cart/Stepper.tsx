import { useState } from "react";
import { useTexts } from "../texts";

interface StepperProps {
  label: string;
  value: number;
  minimum: number;
  maximum: number | null;
  onChange: (value: number) => void;
}

/** A number with buttons for one less and one more. */
export function Stepper({ label, value, minimum, maximum, onChange }: StepperProps) {
  const { cart } = useTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const last = maximum ?? 9999;

  function finish() {
    const number = Number(typed);
    setTyped(null);
    if (typed !== null && Number.isInteger(number) && number >= minimum && number !== value) {
      onChange(Math.min(number, last));
    }
  }

  return (
    <div className="stepper" role="group" aria-label={label}>
      <button type="button" aria-label={cart.oneLess} disabled={value <= minimum} onClick={() => onChange(value - 1)}>
        −
      </button>
      <input
        inputMode="numeric"
        pattern="\d{1,4}"
        maxLength={4}
        aria-label={cart.quantity}
        value={typed ?? value}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => event.key === "Enter" && finish()}
      />
      <button type="button" aria-label={cart.oneMore} disabled={value >= last} onClick={() => onChange(value + 1)}>
        +
      </button>
    </div>
  );
}
