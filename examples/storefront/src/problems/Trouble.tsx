import { type ReactNode } from "react";
import { Link, useRouteError } from "react-router";
import { PageTitle } from "../parts/PageTitle";
import { useTexts } from "../texts";
import { isOffline, problemsOf } from "./problem";

/** In place of a page that cannot be shown. */
export function Trouble({ error, retry }: { error: unknown; retry: () => void }) {
  const texts = useTexts();
  const [{ message, reference }] = problemsOf(error, texts);
  const title = isOffline(error) ? texts.problems.offlineTitle : texts.problems.failedTitle;
  return (
    <TroublePage title={title}>
      <p>{message}</p>
      {reference && <p className="soft">{texts.problems.reference(reference)}</p>}
      <button type="button" className="button" onClick={retry}>
        {texts.shop.retry}
      </button>
    </TroublePage>
  );
}

export function NotFound() {
  const { problems, shop } = useTexts();
  return (
    <TroublePage title={problems.notFoundTitle}>
      <p>{problems.notFound}</p>
      <Link to="/" className="button">
        {shop.backHome}
      </Link>
    </TroublePage>
  );
}

/** The error boundary of the routes: a defect of a page, or a page that could not be loaded after a new release. */
export function BrokenPage() {
  const error = useRouteError();
  const { problems, shop } = useTexts();
  const isOutdated = error instanceof TypeError && /dynamically imported|Importing a module/i.test(error.message);
  if (!isOutdated || !navigator.onLine) return <Trouble error={error} retry={() => location.reload()} />;
  return (
    <TroublePage title={problems.newVersion}>
      <button type="button" className="button" onClick={() => location.reload()}>
        {problems.reload}
      </button>
      <Link to="/">{shop.backHome}</Link>
    </TroublePage>
  );
}

function TroublePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="page page-narrow trouble">
      <PageTitle>{title}</PageTitle>
      {children}
    </section>
  );
}
