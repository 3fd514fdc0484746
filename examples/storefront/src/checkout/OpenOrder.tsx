import { useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { SubmitRequests } from "riverfront-client";
import { lasting } from "../parts/storage";
import { paths } from "../paths";
import { useTexts } from "../texts";
import "../problems/notice.css";

/** On every page but the checkout: an order was sent whose outcome this browser has not learnt yet. */
export function OpenOrder() {
  const { checkout } = useTexts();
  const { pathname } = useLocation();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let isGone = false;
    void new SubmitRequests(lasting).open().then((request) => isGone || setOpen(request !== null));
    return () => {
      isGone = true;
    };
  }, [pathname]);
  if (!isOpen || pathname.startsWith(paths.checkout)) return null;
  return (
    <p className="notice notice-warn open-order" role="status">
      {checkout.openOrder} <Link to={paths.checkout}>{checkout.openOrderLink}</Link>
    </p>
  );
}
