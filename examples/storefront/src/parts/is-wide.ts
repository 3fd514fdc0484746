import { useSyncExternalStore } from "react";

const wide = matchMedia("(min-width: 60rem)");

/** Whether what can be folded has room beside the rest of the page. */
export function isWide(): boolean {
  return wide.matches;
}

function subscribe(changed: () => void) {
  wide.addEventListener("change", changed);
  return () => wide.removeEventListener("change", changed);
}

/** As `isWide`, also after the window has changed. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, isWide);
}
