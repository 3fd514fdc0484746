// What the shopper's wallet contains: two addresses in each country of the demo shop, and a card.

const WALLET_CARD = "Visa •••• 1111";

const WALLET_EMAIL = "ada@example.com";

const WALLET_ADDRESSES = {
  US: [
    { line1: "10380 Bren Road W", city: "Minnetonka", state: "MN", postalCode: "55343", phoneNumber: "9525550100" },
    { line1: "350 Fifth Avenue", city: "New York", state: "NY", postalCode: "10118", phoneNumber: "2125550100" },
  ],
  GB: [
    { line1: "12 St James's Square", city: "London", state: "", postalCode: "SW1Y 4JH", phoneNumber: "02079460100" },
    { line1: "1 Deansgate", city: "Manchester", state: "", postalCode: "M3 1AZ", phoneNumber: "01614960100" },
  ],
  DE: [
    { line1: "Unter den Linden 17", city: "Berlin", state: "", postalCode: "10117", phoneNumber: "0302310100" },
    { line1: "Marienplatz 1", city: "München", state: "", postalCode: "80331", phoneNumber: "0892330100" },
  ],
  JP: [
    { line1: "丸の内1-9-1", city: "千代田区", state: "東京都", postalCode: "100-0005", phoneNumber: "0312345678" },
    { line1: "梅田3-1-1", city: "大阪市北区", state: "大阪府", postalCode: "530-0001", phoneNumber: "0612345678" },
  ],
};

/** The addresses of the wallet in this country; those of the United States with another country's code elsewhere. */
function walletAddresses(country) {
  const addresses = WALLET_ADDRESSES[country] ?? WALLET_ADDRESSES.US;
  return addresses.map(({ phoneNumber, ...address }) => ({ phoneNumber, address: { ...address, country } }));
}
