import type { PaymentDetailTexts } from "../en/paymentDetails";

export const paymentDetails: PaymentDetailTexts = {
  bankName: "銀行",
  city: "銀行の所在地",
  country: "銀行の国",
  accountHolder: "口座名義",
  accountNumber: "口座番号",
  iban: "IBAN",
  swiftCode: "SWIFTコード",
  bic: "BIC",
  storeName: "店舗",
  localizedStoreName: "店舗",
  receiptNumber: "払込番号",
  customerNumber: "お客様番号",
  confirmationNumber: "確認番号",
  documentCode: "払込票コード",
};
