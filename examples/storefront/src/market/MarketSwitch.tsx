import { useId, useState } from "react";
import { useTexts } from "../texts";
import { isSame } from "./choose";
import { useMarket } from "./MarketProvider";

/** Chooses language and currency. Each language is named in itself, so that its speakers find it. */
export function MarketSwitch() {
  const { market, markets, choose } = useMarket();
  const { shop, problems } = useTexts();
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();

  async function change(index: number) {
    const next = markets[index];
    setProblem(null);
    try {
      if (next) await choose(next);
    } catch (error) {
      setProblem(error instanceof Error && error.message ? error.message : problems.failed);
    }
  }

  return (
    <div className="field market-switch">
      <label className="field-label" htmlFor={id}>
        {shop.language}
      </label>
      <select
        id={id}
        className="input"
        value={markets.findIndex((each) => isSame(each, market))}
        onChange={(event) => void change(Number(event.target.value))}
      >
        {markets.map(({ locale, currencyCode }, index) => (
          <option key={`${locale} ${currencyCode}`} value={index} lang={locale}>
            {nameOf(locale)} · {currencyCode}
          </option>
        ))}
      </select>
      <div role="alert" className="field-error">
        {problem}
      </div>
    </div>
  );
}

function nameOf(locale: string): string {
  return new Intl.DisplayNames(locale, { type: "language", languageDisplay: "standard" }).of(locale) ?? locale;
}
