// The page that follows the bank's challenge in its frame. It has no content for the page around it, so that any origin
// may hear that the shopper has answered.

parent.postMessage({ digitalRiver: "answered" }, "*");
