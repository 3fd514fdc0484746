import { useEffect, useRef } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";
import { brand } from "../brand";

/**
 * The heading of a page, which is also the title of its tab. After a link, the focus moves to it: screen readers then read
 * the new page, as after a page load. Filters, order and variations are of the same page, and the focus stays there.
 */
export function PageTitle({ children, isHidden = false }: { children: string; isHidden?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const navigation = useNavigationType();
  const { pathname, search } = useLocation();
  const page = `${pathname} ${new URLSearchParams(search).get("q") ?? ""}`;
  const shown = useRef<string | null>(null);
  useEffect(() => {
    document.title = children === brand.name ? children : `${children} – ${brand.name}`;
  }, [children]);
  useEffect(() => {
    const isNew = shown.current === null ? navigation !== NavigationType.Pop : navigation === NavigationType.Push;
    if (isNew && shown.current !== page) heading.current?.focus({ preventScroll: true });
    shown.current = page;
  }, [navigation, page]);
  return (
    <h1 ref={heading} tabIndex={-1} className={isHidden ? "only-for-screen-readers" : undefined}>
      {children}
    </h1>
  );
}
