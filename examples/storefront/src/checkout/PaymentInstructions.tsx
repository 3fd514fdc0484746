import { useMarket } from "../market/MarketProvider";
import { useTexts } from "../texts";
import { Fact } from "./Fact";
import type { Instructions } from "./order/stage";
import "./checkout.css";

/** How to pay an order that waits for a transfer, or for a payment in a store. */
export function PaymentInstructions({ instructions }: { instructions: Instructions }) {
  const { checkout, paymentDetails } = useTexts();
  const { locale } = useMarket().market;
  const { amount, reference, payBefore, documentUrl, details } = instructions;
  const day = payBefore && new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(payBefore));
  // A store has a name in Japanese beside the one for other readers.
  const other = locale.startsWith("ja") ? "storeName" : "localizedStoreName";
  const named = details.flatMap(({ key, value }) => {
    if (key === other) return [];
    const name = (paymentDetails as Partial<Record<string, string>>)[key];
    return name ? [{ key, name, value }] : [];
  });
  return (
    <section className="panel stack instructions" aria-labelledby="instructions" data-instructions>
      <h2 id="instructions">{checkout.payInstructions}</h2>
      <dl className="facts">
        <Fact name={checkout.amountToPay} value={amount?.formatted} />
        <Fact name={checkout.payReference} value={reference} />
        <Fact name={checkout.payBefore} value={day} />
        {named.map(({ key, name, value }) => (
          <Fact key={key} name={name} value={value} />
        ))}
      </dl>
      {reference && <p className="small soft">{checkout.payNote}</p>}
      <div className="row">
        {documentUrl && (
          <a className="button" href={documentUrl} target="_blank" rel="noreferrer">
            {checkout.payDocument}
          </a>
        )}
        <button type="button" className="button button-plain" onClick={() => window.print()}>
          {checkout.printPage}
        </button>
      </div>
    </section>
  );
}
