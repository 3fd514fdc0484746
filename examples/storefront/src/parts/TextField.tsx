import { useId } from "react";

interface TextFieldProps {
  name: string;
  label: string;
  type?: "text" | "email" | "password" | "tel";
  autoComplete?: string;
  isRequired?: boolean;
  value?: string;
  hint?: string;
  /** What is wrong with the value. Screen readers read it with the field. */
  problem?: string | undefined;
}

/** A field of a form, whose value the form reads. What was typed stays when the form is refused. */
export function TextField({
  name,
  label,
  type = "text",
  autoComplete,
  isRequired = false,
  value = "",
  hint,
  problem,
}: TextFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        name={name}
        type={type}
        autoComplete={autoComplete}
        required={isRequired}
        maxLength={200}
        defaultValue={value}
        aria-invalid={problem !== undefined}
        aria-describedby={hint || problem ? `${id}-about` : undefined}
      />
      {(hint ?? problem) && (
        <p id={`${id}-about`} className={problem ? "field-error" : "field-hint"}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}
