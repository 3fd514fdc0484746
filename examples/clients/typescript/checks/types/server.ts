// What servers write, which compile without the types of browsers. It is compiled, and never executed.
import { forwardedSession, Gateway, memoryStorage, Orders, riverfrontFetch } from "riverfront-client";

const session = forwardedSession({ serverKey: "key", cookie: null });
export const send = riverfrontFetch({ client: "server", session });
export const gateway = new Gateway("https://gateway.example/graphql", { client: "server", session });
export { memoryStorage, Orders };
