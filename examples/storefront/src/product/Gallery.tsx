import { useState } from "react";
import { Picture } from "../parts/Picture";
import { useTexts } from "../texts";

interface Shown {
  imageUrl: string;
  altText: string;
}

/** The pictures of a product: one large, and small ones to choose from. */
export function Gallery({ pictures }: { pictures: readonly Shown[] }) {
  const { catalog } = useTexts();
  const [chosen, setChosen] = useState(0);
  const different = [...new Map(pictures.map((picture) => [picture.imageUrl, picture])).values()];
  const shown = different[chosen] ?? different[0];
  return (
    <div className="gallery">
      <Picture url={shown?.imageUrl} alt={shown?.altText ?? ""} isFirst />
      {different.length > 1 && (
        <ul className="gallery-choice">
          {different.map(({ imageUrl, altText }, index) => (
            <li key={imageUrl}>
              <button
                type="button"
                aria-label={catalog.showPicture(altText)}
                aria-current={index === chosen}
                onClick={() => setChosen(index)}
              >
                <Picture url={imageUrl} alt="" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
