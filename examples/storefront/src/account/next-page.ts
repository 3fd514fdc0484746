import { paths } from "../paths";

/** The page to which a sign-in leads: one of the shop, whatever the address says. */
export function nextPage(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])/.test(wanted) ? wanted : paths.account;
}
