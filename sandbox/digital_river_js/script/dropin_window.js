// The dialog over the page while the shopper approves a payment in a window of its provider.

/**
 * Let the shopper approve the source, and read how that ended.
 * @param {ProviderPopup} popup
 * @param {string} provider name of the provider for the shopper
 * @returns {Promise<{source: object | null, error: object | null}>}
 */
async function approveInWindow(dropin, popup, provider, source) {
  if (source.state !== "pending_redirect") {
    popup.close();
    return { source, error: null };
  }
  const { redirectUrl } = source.redirect;
  const dialog = providerDialog(dropin, popup, provider, redirectUrl);
  dropin.node.append(dialog);
  dialog.showModal();
  await popup.show(redirectUrl);
  dialog.close(); // The focus returns to the button that opened the dialog.
  dialog.remove();
  return sourceResult(readSource(dropin.instance, source.id, source.clientSecret).then(accepted));
}

function providerDialog({ text }, popup, name, url) {
  const title = dropinNode("h3", { id: dropinId("dialog") }, text("windowTitle"));
  const about = dropinNode("p");
  const show = dropinButton("", {
    class: "DR-pay-button",
    onclick: () => {
      if (popup.isBlocked) popup.open(url);
      else popup.focus();
      describe();
    },
  });
  const describe = () => {
    about.textContent = text(popup.isBlocked ? "windowBlocked" : "windowOpen", { name });
    show.textContent = text(popup.isBlocked ? "openWindow" : "showWindow");
  };
  describe();
  const cancel = dropinButton(text("cancel"), { class: "DR-secondary-button", onclick: () => popup.close() });
  const onEscape = (event) => {
    event.preventDefault();
    popup.close();
  };
  const actions = dropinNode("div", { class: "DR-dialog-actions" }, show, cancel);
  const attributes = { class: "DR-dialog", "aria-labelledby": title.id, oncancel: onEscape };
  return dropinNode("dialog", attributes, title, about, actions);
}
