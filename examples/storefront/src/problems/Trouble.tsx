import { type ReactNode } from "react";
import { Link, useRouteError } from "react-router";
import { PageTitle } from "../parts/PageTitle";
import { useTexts } from "../texts";
import { isOffline, problemsOf } from "./problem";

interface TroubleProps {
  error: unknown;
  retry: () => void;
  /** The page has a title already, and only a part of it is missing. */
  isPart?: boolean;
}

/** In place of a page that cannot be shown, or of a part of it. */
export function Trouble({ error, retry, isPart = false }: TroubleProps) {
  const texts = useTexts();
  const [{ message, reference }] = problemsOf(error, texts);
  const title = isOffline(error) ? texts.problems.offlineTitle : texts.problems.failedTitle;
  return (
    <TroublePage title={title} isPart={isPart}>
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

function TroublePage({ title, isPart = false, children }: { title: string; isPart?: boolean; children: ReactNode }) {
  return (
    <section className="page page-narrow trouble">
      {isPart ? <h2>{title}</h2> : <PageTitle>{title}</PageTitle>}
      {children}
    </section>
  );
}
