import { useSyncExternalStore } from "react";
import { useTexts } from "../texts";

function subscribe(changed: () => void) {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}

export function useIsOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

export function OfflineBar() {
  const { shop } = useTexts();
  const isOnline = useIsOnline();
  return (
    <div role="status" className="offline-bar">
      {!isOnline && <p>{shop.offline}</p>}
    </div>
  );
}
