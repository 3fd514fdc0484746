import { useEffect, useRef } from "react";
import { NavigationType, useNavigationType } from "react-router";
import { brand } from "../brand";

/**
 * The heading of a page, which is also the title of its tab. After a link, the focus moves to it: screen readers then read
 * the new page, as after a page load.
 */
export function PageTitle({ children, isHidden = false }: { children: string; isHidden?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirstPage = useNavigationType() === NavigationType.Pop;
  useEffect(() => {
    document.title = children === brand.name ? children : `${children} – ${brand.name}`;
  }, [children]);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
  }, [isFirstPage]);
  return (
    <h1 ref={heading} tabIndex={-1} className={isHidden ? "only-for-screen-readers" : undefined}>
      {children}
    </h1>
  );
}
