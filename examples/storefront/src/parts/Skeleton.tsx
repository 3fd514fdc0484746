import "./skeleton.css";

/** A grey bar where a text will be. */
export function Bar({ width = "100%", height = "1em" }: { width?: string; height?: string }) {
  return <span className="skeleton" style={{ width, height }} />;
}

/** A grey area where a picture will be. */
export function Area({ ratio = "1" }: { ratio?: string }) {
  return <span className="skeleton" style={{ aspectRatio: ratio }} />;
}
