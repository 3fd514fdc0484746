import { useApolloClient } from "@apollo/client/react";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { brand } from "../brand";
import { SignInDocument } from "./account.generated";
import { setMarket } from "../graph/session";
import { useChange } from "../graph/use-change";
import { useShell } from "../graph/use-shell";
import { announce } from "../layout/announce";
import { useMarket } from "../market/MarketProvider";
import { DataForm, typed, typedExactly } from "../parts/DataForm";
import { PageTitle } from "../parts/PageTitle";
import { TextField } from "../parts/TextField";
import { paths } from "../paths";
import { Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { cartMessages } from "./cart-messages";
import { nextPage } from "./next-page";

export function Component() {
  const texts = useTexts();
  const { session } = useShell();
  const [parameters] = useSearchParams();
  const next = nextPage(parameters.get("next"));
  if (session?.level === "REGISTERED") return <Navigate replace to={next} />;
  return (
    <div className="page page-narrow">
      <PageTitle>{texts.account.signIn}</PageTitle>
      <SignInForm next={next} />
      <p className="soft small">
        {texts.account.forgotten} <a href={`mailto:${brand.email}`}>{brand.email}</a>
      </p>
      <p>
        {texts.account.noAccount}{" "}
        <Link to={{ pathname: paths.register, search: parameters.toString() }}>{texts.account.register}</Link>
      </p>
      <p>
        <Link to={paths.findOrder}>{texts.shop.findOrder}</Link>
      </p>
    </div>
  );
}

function SignInForm({ next }: { next: string }) {
  const texts = useTexts();
  const client = useApolloClient();
  const navigate = useNavigate();
  const { market } = useMarket();
  const { session } = useShell();
  const { send, isBusy, problems } = useChange(SignInDocument, (data) => data.signIn);

  async function signIn(values: FormData) {
    const hadSession = session !== null;
    const payload = await send({ username: typed(values, "email"), password: typedExactly(values, "password") });
    if (!payload) return;
    announce(cartMessages(payload.cartTransition, payload.warnings, texts));
    // A session that begins with the sign-in has the default market.
    if (!hadSession) await setMarket(client, market);
    await navigate(next, { replace: true });
  }

  return (
    <DataForm onSubmit={(values) => void signIn(values)}>
      <TextField name="email" label={texts.account.email} type="email" autoComplete="username" isRequired />
      <TextField name="password" label={texts.account.password} type="password" autoComplete="current-password" isRequired />
      <Problems list={problems} />
      <button type="submit" className="button" aria-disabled={isBusy}>
        {texts.account.signIn}
      </button>
    </DataForm>
  );
}
