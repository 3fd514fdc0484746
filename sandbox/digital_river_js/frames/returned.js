// Reports to the storefront's page that the window has come back from the payment provider, and closes the window.
//
// The message says which window and nothing about the payment, so that any origin may read it. Drop-in then reads the
// source itself.

const returned = new URLSearchParams(location.search);

window.opener?.postMessage({ digitalRiver: "returned", id: returned.get("id"), outcome: returned.get("outcome") }, "*");
window.close();
