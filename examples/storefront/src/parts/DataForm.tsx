import type { ReactNode, Ref } from "react";

interface DataFormProps {
  className?: string;
  ref?: Ref<HTMLFormElement>;
  onSubmit: (values: FormData) => void;
  children: ReactNode;
}

/** A form that hands over its values. What was typed stays in it, also when it is refused. */
export function DataForm({ className = "stack", ref, onSubmit, children }: DataFormProps) {
  return (
    <form
      ref={ref}
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(new FormData(event.currentTarget));
      }}
    >
      {children}
    </form>
  );
}

/** What was typed into a field, without blanks around it. */
export function typed(values: FormData, name: string): string {
  return typedExactly(values, name).trim();
}

/** What was typed into a field of a password, of which every blank counts. */
export function typedExactly(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === "string" ? value : "";
}
