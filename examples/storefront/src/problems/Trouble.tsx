import { type ReactNode } from "react";
import { Link, useRouteError } from "react-router";
import { isUnreachable } from "riverfront-client";
import { PageTitle } from "../parts/PageTitle";
import { useTexts } from "../texts";
import { problemsOf } from "./problem";

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
  const title = isUnreachable(error) ? texts.problems.offlineTitle : texts.problems.failedTitle;
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

/** What browsers say about a part of the shop that they could not load. */
const NOT_LOADED = /dynamically imported|Importing a module|Unable to preload/i;

/** The error boundary of the routes: a page that could not be loaded, also after a new release, or a fault of a page. */
export function BrokenPage() {
  const error = useRouteError();
  const { problems, shop } = useTexts();
  const isLoaded = !(error instanceof Error && NOT_LOADED.test(error.message));
  const isOffline = !isLoaded && !navigator.onLine;
  const title = isLoaded ? problems.failedTitle : isOffline ? problems.offlineTitle : problems.newVersion;
  return (
    <TroublePage title={title}>
      {isLoaded && <p>{problems.crashed}</p>}
      {isOffline && <p>{problems.offline}</p>}
      <button type="button" className="button" onClick={() => location.reload()}>
        {problems.reload}
      </button>
      {!isOffline && <Link to="/">{shop.backHome}</Link>}
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
