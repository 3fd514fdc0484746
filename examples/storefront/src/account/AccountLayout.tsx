import { Navigate, NavLink, Outlet, useLocation, useNavigate } from "react-router";
import { SignOutDocument } from "./account.generated";
import { useChange } from "../graph/use-change";
import { useShell } from "../graph/use-shell";
import { Bar } from "../parts/Skeleton";
import { paths } from "../paths";
import { Problems } from "../problems/Notice";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import "./account.css";

/** The frame of the account's pages. Guests, and shoppers whose session has ended, sign in first and then come back. */
export function Component() {
  const { account, shop } = useTexts();
  const { read, session } = useShell();
  const { pathname, search } = useLocation();
  if (read.kind === "failed") return <Trouble {...read} />;
  if (read.kind === "loading") {
    return (
      <div className="page" role="status" aria-label={shop.loading}>
        <Bar width="14rem" height="2.5rem" />
        <Bar height="16rem" />
      </div>
    );
  }
  if (session?.level !== "REGISTERED") {
    return <Navigate replace to={`${paths.signIn}?${new URLSearchParams({ next: pathname + search }).toString()}`} />;
  }
  const links = [
    [paths.account, account.profile],
    [paths.orders, account.orders],
    [`${paths.account}/addresses`, account.addresses],
    [`${paths.account}/cards`, account.cards],
    [`${paths.account}/subscriptions`, account.subscriptions],
  ] as const;
  return (
    <div className="page account">
      <nav aria-label={shop.account} className="account-links">
        <ul>
          {links.map(([path, name]) => (
            <li key={path}>
              <NavLink to={path} end={path === paths.account}>
                {name}
              </NavLink>
            </li>
          ))}
        </ul>
        <SignOut />
      </nav>
      <div className="stack">
        <Outlet />
      </div>
    </div>
  );
}

function SignOut() {
  const { account } = useTexts();
  const navigate = useNavigate();
  const { send, isBusy, problems } = useChange(SignOutDocument, (data) => data.signOut);

  async function signOut() {
    if (await send({})) await navigate(paths.home);
  }

  return (
    <>
      <button type="button" className="button button-link" aria-disabled={isBusy} onClick={() => void signOut()}>
        {account.signOut}
      </button>
      <Problems list={problems} />
    </>
  );
}
