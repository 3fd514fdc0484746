// How a shopper types.

/** Type this when the field takes it. Before, each key would be lost. */
export async function typeIn(field, text) {
  const element = await field.elementHandle();
  await element.waitForElementState("editable");
  await field.pressSequentially(text);
}
