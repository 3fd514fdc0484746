import { Outlet, ScrollRestoration } from "react-router";
import { OpenOrder } from "../checkout/OpenOrder";
import { useTexts } from "../texts";
import { Announcements } from "./Announcements";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { OfflineBar } from "./OfflineBar";
import "./layout.css";

/** The frame around every page. */
export function Layout() {
  const { shop } = useTexts();
  return (
    <div className="frame">
      <a className="skip-link" href="#content">
        {shop.skipToContent}
      </a>
      <Header />
      <div>
        <OfflineBar />
        <Announcements />
        <OpenOrder />
      </div>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
      <ScrollRestoration />
    </div>
  );
}
