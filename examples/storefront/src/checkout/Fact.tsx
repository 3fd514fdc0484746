interface Props {
  name: string;
  /** One line or several, such as those of an address. */
  value: string | readonly string[] | null | undefined;
}

/** One entry of a list of facts about an order. Nothing if the value is not known. */
export function Fact({ name, value }: Props) {
  const lines = typeof value === "string" ? [value] : (value ?? []);
  if (!lines.some(Boolean)) return null;
  return (
    <div>
      <dt className="soft small">{name}</dt>
      {lines.map((line, index) => (
        <dd className="selectable" key={index}>
          {line}
        </dd>
      ))}
    </div>
  );
}
