/** Addresses of the pages. */
export const paths = {
  home: "/",
  products: "/products",
  search: "/search",
  cart: "/cart",
  checkout: "/checkout",
  signIn: "/sign-in",
  register: "/register",
  account: "/account",
  orders: "/account/orders",
  findOrder: "/find-order",
};

export function orderPath(id: string): string {
  return `/order/${encodeURIComponent(id)}`;
}

export function categoryPath(id: string): string {
  return `/category/${encodeURIComponent(id)}`;
}

/** The id of Digital River names the product; the words are for people and search engines. */
export function productPath({ upstreamId, name }: { upstreamId: string; name: string }): string {
  return `/product/${encodeURIComponent(upstreamId)}/${encodeURIComponent(slug(name))}`;
}

/** Letters and digits of any script, joined by hyphens. */
export function slug(name: string): string {
  return name.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu)?.join("-") ?? "";
}
