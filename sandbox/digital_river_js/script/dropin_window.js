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

function providerDialog({ text: write, instance }, popup, name, url) {
  const title = newNode("h3", { id: newId("dialog") }, write("windowTitle"));
  const about = newNode("p");
  const show = newButton("", {
    class: "DR-pay-button",
    onclick: () => {
      if (popup.isBlocked) popup.open(url);
      else popup.focus();
      describe();
    },
  });
  const describe = () => {
    about.textContent = write(popup.isBlocked ? "windowBlocked" : "windowOpen", { name });
    show.textContent = write(popup.isBlocked ? "openWindow" : "showWindow");
  };
  describe();
  const cancel = newButton(text(instance.locale, "cancel"), { class: "DR-secondary-button", onclick: () => popup.close() });
  const onEscape = (event) => {
    event.preventDefault();
    popup.close();
  };
  const actions = newNode("div", { class: "DR-dialog-actions" }, show, cancel);
  const attributes = { class: "DR-dialog", "aria-labelledby": title.id, oncancel: onEscape };
  return newNode("dialog", attributes, title, about, actions);
}
