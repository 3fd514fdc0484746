import { useQuery } from "@apollo/client/react";
import { useEffect, useRef } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { brand } from "../brand";
import { NavigationDocument } from "./navigation.generated";
import { useShell } from "../graph/use-shell";
import { useInContext } from "../market/MarketProvider";
import { CartIcon, PersonIcon } from "../parts/icons";
import { categoryPath, paths } from "../paths";
import { useTexts } from "../texts";
import { SearchForm } from "./SearchForm";

export function Header() {
  return (
    <header className="header">
      <div className="header-row">
        <Link to={paths.home} className="logo">
          <img src="/icon.svg" alt="" width="32" height="32" />
          <span>{brand.name}</span>
        </Link>
        <SearchForm />
        <div className="header-links">
          <AccountLink />
          <CartLink />
        </div>
      </div>
      <Navigation />
    </header>
  );
}

function AccountLink() {
  const { shop } = useTexts();
  const { session, shopper } = useShell();
  const isSignedIn = session?.level === "REGISTERED";
  const name = isSignedIn ? (shopper?.firstName ?? shop.account) : shop.signIn;
  return (
    <Link to={isSignedIn ? paths.account : paths.signIn} className="header-link">
      <PersonIcon />
      <span className="header-link-name">{name}</span>
    </Link>
  );
}

function CartLink() {
  const { shop } = useTexts();
  const { itemsInCart } = useShell();
  return (
    <Link to={paths.cart} className="header-link">
      <CartIcon />
      <span className="header-link-name">{shop.cart}</span>
      <span className="only-for-screen-readers">: {shop.itemsInCart(itemsInCart)}</span>
      {itemsInCart > 0 && (
        <span className="cart-badge" aria-hidden="true">
          {itemsInCart > 99 ? "99+" : itemsInCart}
        </span>
      )}
    </Link>
  );
}

function Navigation() {
  const { shop } = useTexts();
  const { data, previousData } = useQuery(NavigationDocument, { variables: useInContext() });
  const categories = (data ?? previousData)?.categories ?? [];
  const { pathname } = useLocation();
  const list = useRef<HTMLUListElement>(null);
  // On a small screen, the list scrolls: what is current is brought into view, and the page stays where it is.
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (current) list.current?.scrollTo({ left: current.offsetLeft + current.offsetWidth / 2 - list.current.offsetWidth / 2 });
  }, [pathname, categories.length]);
  return (
    <nav className="navigation" aria-label={shop.categories}>
      <ul ref={list}>
        {categories.map(({ id, name }) => (
          <li key={id}>
            <NavLink to={categoryPath(id)}>{name}</NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
