import type { Texts } from "..";

export const catalog: Texts["catalog"] = {
  heroTitle: "扉を開けて、トレイルへ",
  heroText: "私たち自身が使うバックパック、時計、テント、そしてそれに合う地図。",
  heroAction: "すべて見る",
  shopByCategory: "カテゴリーから探す",
  popular: "人気の商品",
  seeAll: "すべての商品",
  oldPrice: "通常価格",
  nowPrice: "現在の価格",
  taxIncluded: "税込",
  priceUnknown: "価格を表示できません",
  soldOut: "売り切れ",
  notOnSale: "近日発売",
};
