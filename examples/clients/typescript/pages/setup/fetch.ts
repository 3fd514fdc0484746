/** Sends an operation. `bearer` is the token of the session; without it, the session is in a cookie. */
export async function ask(url: string, query: string, variables: object, bearer?: string | null) {
  const response = await fetch(url, {
    method: "POST",
    credentials: bearer === undefined ? "include" : "omit",
    headers: {
      Accept: "application/graphql-response+json",
      "Content-Type": "application/json",
      "X-Riverfront-Client": "my-shop",
      ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}
