import { useApolloClient } from "@apollo/client/react";
import { useNavigate } from "react-router";
import { LookUpOrderDocument } from "./orders.generated";
import { ensureSession } from "../graph/session";
import { useChange } from "../graph/use-change";
import { useMarket } from "../market/MarketProvider";
import { DataForm, typed } from "../parts/DataForm";
import { PageTitle } from "../parts/PageTitle";
import { TextField } from "../parts/TextField";
import { orderPath } from "../paths";
import { Problems } from "../problems/Notice";
import { useTexts } from "../texts";

/** Finds an order without an account, by what the confirmation mail says. */
export function Component() {
  const { orders } = useTexts();
  const client = useApolloClient();
  const navigate = useNavigate();
  const { market } = useMarket();
  const { send, isBusy, problems } = useChange(LookUpOrderDocument, (data) => data.lookupOrder);

  async function find(values: FormData) {
    // Without a connection, the look-up says so itself.
    await ensureSession(client, market).catch(() => undefined);
    const payload = await send({ number: typed(values, "number"), password: typed(values, "password") });
    if (payload?.order) await navigate(orderPath(payload.order.id));
  }

  return (
    <div className="page page-narrow">
      <PageTitle>{orders.find}</PageTitle>
      <p>{orders.findHint}</p>
      <DataForm onSubmit={(values) => void find(values)}>
        <TextField name="number" label={orders.orderNumber} autoComplete="off" isRequired />
        <TextField name="password" label={orders.orderPassword} autoComplete="off" isRequired />
        <Problems list={problems} />
        <button type="submit" className="button" aria-disabled={isBusy}>
          {orders.find}
        </button>
      </DataForm>
    </div>
  );
}
