import type { Texts } from "..";

export const catalog: Texts["catalog"] = {
  heroTitle: "Raus aus der Tür, rauf auf den Weg",
  heroText: "Rucksäcke, Uhren und Zelte, die wir selbst tragen, und die Karten dazu.",
  heroAction: "Alles ansehen",
  shopByCategory: "Nach Kategorie",
  popular: "Gerade beliebt",
  seeAll: "Alle Produkte",
  oldPrice: "Bisheriger Preis",
  nowPrice: "Jetziger Preis",
  taxIncluded: "inkl. MwSt.",
  priceUnknown: "Preis nicht verfügbar",
  soldOut: "Ausverkauft",
  notOnSale: "Noch nicht im Verkauf",
};
