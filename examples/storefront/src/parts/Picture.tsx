import { useState } from "react";
import "./picture.css";

interface PictureProps {
  /** Null for a product without a picture. */
  url: string | null | undefined;
  /** Empty for a picture beside the name of what it shows. */
  alt: string;
  /** Load at once: the picture is in the first screen. */
  isFirst?: boolean;
  ratio?: string;
}

/** A picture in a frame of known proportions, so that nothing moves when it arrives. */
export function Picture({ url, alt, isFirst = false, ratio = "1" }: PictureProps) {
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <span className="picture" style={{ aspectRatio: ratio }}>
      {url && url !== broken && (
        <img
          src={url}
          alt={alt}
          loading={isFirst ? "eager" : "lazy"}
          fetchPriority={isFirst ? "high" : "auto"}
          onError={() => setBroken(url)}
        />
      )}
    </span>
  );
}
