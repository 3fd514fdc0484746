import { Link } from "react-router";
import { brand } from "../brand";
import { MarketSwitch } from "../market/MarketSwitch";
import { paths } from "../paths";
import { useTexts } from "../texts";

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
        <MarketSwitch />
        <p className="small soft footer-note">
          {brand.name}. {shop.footerNote}
        </p>
      </div>
    </footer>
  );
}
