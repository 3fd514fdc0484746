import type { RouteObject } from "react-router";
import { PLACED_PATH } from "./checkout/placed";
import { Layout } from "./layout/Layout";
import { paths } from "./paths";
import { BrokenPage, NotFound } from "./problems/Trouble";

/** Every page is a file of its own, which is loaded when it is opened. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    // The frame itself is broken: the page has no header then.
    errorElement: <BrokenPage />,
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <BrokenPage />,
        children: [
          { path: "/", lazy: () => import("./home/Home") },
          { path: "/products", lazy: () => import("./catalog/Search") },
          { path: "/search", lazy: () => import("./catalog/Search") },
          { path: "/category/:id", lazy: () => import("./catalog/Category") },
          { path: "/product/:upstreamId/:name?", lazy: () => import("./product/Product") },
          { path: "/cart", lazy: () => import("./cart/Cart") },
          // One page, so that what it knows outlives the change from /checkout/return to /checkout.
          { path: `${paths.checkout}/:arrival?`, lazy: () => import("./checkout/CheckoutPage") },
          { path: PLACED_PATH, lazy: () => import("./checkout/PlacedPage") },
          { path: "/sign-in", lazy: () => import("./account/SignIn") },
          { path: "/register", lazy: () => import("./account/Register") },
          { path: "/find-order", lazy: () => import("./orders/FindOrder") },
          { path: "/order/:id", lazy: () => import("./orders/Order") },
          {
            path: "/account",
            lazy: () => import("./account/AccountLayout"),
            children: [
              { index: true, lazy: () => import("./account/Profile") },
              { path: "orders", lazy: () => import("./orders/Orders") },
              { path: "cards", lazy: () => import("./account/Cards") },
              { path: "cards/new", lazy: () => import("./account/AddCard") },
              { path: "subscriptions", lazy: () => import("./account/Subscriptions") },
              { path: "addresses", lazy: () => import("./account/Addresses") },
            ],
          },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
];
