/** What the details of payment instructions are called; `key` of a detail in the graph is the name here. */
export const paymentDetails = {
  bankName: "Bank",
  city: "City of the bank",
  country: "Country of the bank",
  accountHolder: "Account holder",
  accountNumber: "Account number",
  iban: "IBAN",
  swiftCode: "SWIFT code",
  bic: "BIC",
  storeName: "Store",
  localizedStoreName: "Store (Japanese)",
  receiptNumber: "Receipt number",
  customerNumber: "Customer number",
  confirmationNumber: "Confirmation number",
  documentCode: "Code of the slip",
};

export type PaymentDetailTexts = typeof paymentDetails;
