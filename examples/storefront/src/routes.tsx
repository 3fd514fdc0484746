import type { RouteObject } from "react-router";
import { Layout } from "./layout/Layout";
import { BrokenPage, NotFound } from "./problems/Trouble";

/** Every page is a file of its own, which is loaded when it is opened. */
export const routes: RouteObject[] = [
  {
    element: <Layout />,
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <BrokenPage />,
        children: [
          { path: "/", lazy: () => import("./home/Home") },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
];
