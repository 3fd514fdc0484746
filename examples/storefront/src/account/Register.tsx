import { useApolloClient } from "@apollo/client/react";
import { useRef } from "react";
import { Link, Navigate, useNavigate, useSearchParams } from "react-router";
import { newKey } from "riverfront-client";
import { RegisterDocument } from "./account.generated";
import { ensureSession } from "../graph/session";
import { useChange } from "../graph/use-change";
import { useShell } from "../graph/use-shell";
import { announce } from "../layout/announce";
import { useMarket } from "../market/MarketProvider";
import { DataForm, typed, typedExactly } from "../parts/DataForm";
import { PageTitle } from "../parts/PageTitle";
import { useFirstFault } from "../parts/use-first-fault";
import { TextField } from "../parts/TextField";
import { paths } from "../paths";
import { Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { nextPage } from "./next-page";

export function Component() {
  const texts = useTexts();
  const client = useApolloClient();
  const navigate = useNavigate();
  const { market } = useMarket();
  const { session } = useShell();
  const [parameters] = useSearchParams();
  const { send, isBusy, problems } = useChange(RegisterDocument, (data) => data.registerShopper);
  const form = useFirstFault(problems);
  const key = useRef(newKey());
  const next = nextPage(parameters.get("next"));
  if (session?.level === "REGISTERED") return <Navigate replace to={next} />;

  async function register(values: FormData) {
    const value = (name: string) => typed(values, name);
    // Without a connection, the registration says so itself.
    await ensureSession(client, market).catch(() => undefined);
    const payload = await send({
      key: key.current,
      email: value("email"),
      password: typedExactly(values, "password"),
      firstName: value("firstName"),
      lastName: value("lastName"),
      acceptsMarketing: values.has("acceptsMarketing"),
    });
    // A refused form is another request once it is corrected.
    key.current = newKey();
    if (!payload) return;
    announce([texts.account.welcome(value("firstName"))]);
    await navigate(next, { replace: true });
  }

  const problemAt = (name: string) => problems.find(({ path }) => path?.at(-1) === name)?.message;
  const fields = ["firstName", "lastName", "email", "password"];
  return (
    <div className="page page-narrow">
      <PageTitle>{texts.account.register}</PageTitle>
      <DataForm ref={form} onSubmit={(values) => void register(values)}>
        <TextField name="firstName" label={texts.account.firstName} autoComplete="given-name" isRequired problem={problemAt("firstName")} />
        <TextField name="lastName" label={texts.account.lastName} autoComplete="family-name" isRequired problem={problemAt("lastName")} />
        <TextField name="email" label={texts.account.email} type="email" autoComplete="username" isRequired problem={problemAt("email")} />
        <TextField
          name="password"
          label={texts.account.password}
          type="password"
          autoComplete="new-password"
          isRequired
          hint={texts.account.passwordRule}
          problem={problemAt("password")}
        />
        <label className="check">
          <input type="checkbox" name="acceptsMarketing" />
          <span>{texts.account.acceptsMarketing}</span>
        </label>
        <Problems list={problems.filter(({ path }) => !fields.includes(path?.at(-1) ?? ""))} />
        <button type="submit" className="button" aria-disabled={isBusy}>
          {texts.account.register}
        </button>
      </DataForm>
      <p>
        {texts.account.hasAccount}{" "}
        <Link to={{ pathname: paths.signIn, search: parameters.toString() }}>{texts.account.signIn}</Link>
      </p>
    </div>
  );
}
