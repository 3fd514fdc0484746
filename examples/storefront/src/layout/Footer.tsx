import { Link } from "react-router";
import { brand } from "../brand";
import { MarketSwitch } from "../market/MarketSwitch";
import { paths } from "../paths";
import { useTexts } from "../texts";

const LEGAL_PAGES = ["imprint", "privacy", "termsOfSale", "returns"] as const;

export function Footer() {
  const { shop } = useTexts();
  return (
    <footer className="footer">
      <div className="footer-row">
        <nav aria-label={shop.help} className="stack-tight">
          <Link to={paths.findOrder}>{shop.findOrder}</Link>
          <Link to={paths.account}>{shop.account}</Link>
          <a href={`mailto:${brand.email}`}>{shop.contact}</a>
        </nav>
        <nav aria-label={shop.legal} className="stack-tight">
          {LEGAL_PAGES.map((page) => (
            <a key={page} href={brand.legal[page]}>{shop[page]}</a>
          ))}
        </nav>
        <MarketSwitch />
        <p className="small soft footer-note">
          {brand.name}. {shop.footerNote}
        </p>
      </div>
    </footer>
  );
}
