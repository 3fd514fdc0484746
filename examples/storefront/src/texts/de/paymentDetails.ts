import type { PaymentDetailTexts } from "../en/paymentDetails";

export const paymentDetails: PaymentDetailTexts = {
  bankName: "Bank",
  city: "Ort der Bank",
  country: "Land der Bank",
  accountHolder: "Kontoinhaber",
  accountNumber: "Kontonummer",
  iban: "IBAN",
  swiftCode: "BIC (SWIFT)",
  bic: "BIC",
  storeName: "Laden",
  localizedStoreName: "Laden (japanisch)",
  receiptNumber: "Zahlungsnummer",
  customerNumber: "Kundennummer",
  confirmationNumber: "Bestätigungsnummer",
  documentCode: "Code des Zahlscheins",
};
