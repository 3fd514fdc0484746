/** One line of a list of facts about an order. Nothing if the value is not known. */
export function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt className="soft small">{name}</dt>
      <dd className="selectable">{value}</dd>
    </div>
  );
}
