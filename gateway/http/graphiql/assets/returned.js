// The provider or the bank has returned the shopper: reports it to GraphiQL in the other tab, and closes this one.
import { CHANNEL } from "./storage.js";

new BroadcastChannel(CHANNEL).postMessage("returned");
window.close();
