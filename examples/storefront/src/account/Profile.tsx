import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { isZero } from "riverfront-client/money";
import { ChangeProfileDocument, ProfileDocument, type ProfilePartsFragment } from "./account.generated";
import type { MoneyPartsFragment } from "../graph/parts.generated";
import { useChange } from "../graph/use-change";
import { useRead } from "../graph/use-read";
import { DataForm, typed } from "../parts/DataForm";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { useFirstFault } from "../parts/use-first-fault";
import { TextField } from "../parts/TextField";
import { Notice, Problems } from "../problems/Notice";
import { OfAccount } from "../problems/Outdated";
import { useTexts } from "../texts";

export function Component() {
  const { account } = useTexts();
  const read = useRead(useQuery(ProfileDocument), (data) => data.shopper);
  return (
    <>
      <PageTitle>{account.profile}</PageTitle>
      <OfAccount read={read} skeleton={<Bar height="16rem" />}>
        {(shopper) => (
          <>
            <StoreCredit balance={shopper.storeCredit?.balance} />
            <ProfileForm profile={shopper} />
          </>
        )}
      </OfAccount>
    </>
  );
}

function StoreCredit({ balance }: { balance: MoneyPartsFragment | null | undefined }) {
  const { account } = useTexts();
  if (!balance || isZero(balance)) return null;
  return (
    <p className="panel">
      {account.storeCredit}: <strong>{balance.formatted}</strong>
    </p>
  );
}

function ProfileForm({ profile }: { profile: ProfilePartsFragment }) {
  const texts = useTexts();
  const { send, isBusy, problems } = useChange(ChangeProfileDocument, (data) => data.updateShopper);
  const [isSaved, setSaved] = useState(false);
  const problemAt = (name: string) => problems.find(({ path }) => path?.at(-1) === name)?.message;

  async function save(values: FormData) {
    setSaved(false);
    const value = (name: string) => typed(values, name);
    const payload = await send({ firstName: value("firstName"), lastName: value("lastName"), email: value("email") });
    setSaved(payload !== null);
  }

  return (
    <DataForm ref={useFirstFault(problems)} className="stack account-form" onSubmit={(values) => void save(values)}>
      <TextField
        name="firstName"
        label={texts.account.firstName}
        autoComplete="given-name"
        isRequired
        value={profile.firstName ?? ""}
        problem={problemAt("firstName")}
      />
      <TextField
        name="lastName"
        label={texts.account.lastName}
        autoComplete="family-name"
        isRequired
        value={profile.lastName ?? ""}
        problem={problemAt("lastName")}
      />
      <TextField
        name="email"
        label={texts.account.email}
        type="email"
        autoComplete="email"
        isRequired
        value={profile.email ?? ""}
        problem={problemAt("email")}
      />
      <Problems list={problems.filter(({ path }) => !["firstName", "lastName", "email"].includes(path?.at(-1) ?? ""))} />
      <div role="status">{isSaved && <Notice kind="good">{texts.account.saved}</Notice>}</div>
      <button type="submit" className="button" aria-disabled={isBusy}>
        {texts.account.save}
      </button>
    </DataForm>
  );
}
