import { useId } from "react";
import type { VariationPartsFragment } from "./product.generated";
import { useTexts } from "../texts";
import type { ShownProduct } from "./Product";
import { areTold, choiceOf, isAvailable, variationWith } from "./variation";

interface VariationChoiceProps {
  product: ShownProduct;
  chosen: VariationPartsFragment;
  onChoose: (variation: VariationPartsFragment) => void;
}

interface Option {
  label: string;
  variation: VariationPartsFragment | null;
}

/** The variations of a product, by their attributes such as colour and size, or by their names. */
export function VariationChoice({ product, chosen, onChoose }: VariationChoiceProps) {
  const { catalog } = useTexts();
  const variations = product.variations ?? [];
  const attributes = product.variationAttributes;
  if (!areTold(variations, attributes)) {
    const options = variations.map((variation) => ({ label: variation.name, variation }));
    return <Options legend={catalog.variation} options={options} chosen={chosen} onChoose={onChoose} />;
  }
  const choice = choiceOf(chosen, attributes);
  return attributes.map(({ name, displayName, values }) => {
    const options = values.map((value) => ({
      label: value,
      variation: variationWith(variations, attributes, choice, name, value),
    }));
    return <Options key={name} legend={displayName} options={options} chosen={chosen} onChoose={onChoose} />;
  });
}

interface OptionsProps {
  legend: string;
  options: readonly Option[];
  chosen: VariationPartsFragment;
  onChoose: (variation: VariationPartsFragment) => void;
}

function Options({ legend, options, chosen, onChoose }: OptionsProps) {
  const { catalog } = useTexts();
  const name = useId();
  return (
    <fieldset>
      <legend className="field-label">{legend}</legend>
      <div className="options">
        {options.map(({ label, variation }) => {
          const canBeBought = variation !== null && isAvailable(variation);
          return (
            <label key={label} className={canBeBought ? "option" : "option option-unavailable"}>
              <input
                type="radio"
                name={name}
                checked={variation?.id === chosen.id}
                disabled={variation === null}
                onChange={() => variation && onChoose(variation)}
              />
              <span>
                {label}
                {!canBeBought && <span className="only-for-screen-readers"> ({catalog.soldOut})</span>}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
