import { useId, useState } from "react";
import type { Problem } from "../problems/problem";
import { useTexts } from "../texts";
import { isSame } from "./choose";
import { useMarket } from "./MarketProvider";

/** Chooses language and currency. Each language is named in itself, so that its speakers find it. */
export function MarketSwitch() {
  const { market, markets, choose } = useMarket();
  const { shop } = useTexts();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const id = useId();

  async function change(index: number) {
    const next = markets[index];
    if (!next) return;
    setProblems([]);
    setProblems(await choose(next));
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
        {problems[0]?.message}
      </div>
    </div>
  );
}

function nameOf(locale: string): string {
  return new Intl.DisplayNames(locale, { type: "language", languageDisplay: "standard" }).of(locale) ?? locale;
}
