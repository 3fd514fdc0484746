import type { CheckoutTexts } from "../en/checkout";

export const checkout: CheckoutTexts = {
  title: "ご購入手続き",
  empty: "カートに商品が入っていません",
  emptyText: "ゲストのカートは、30分間操作がないと閉じられます。",
  lastOrder: (number: string) => `ご注文 ${number} を承りました。`,
  showOrder: "注文を表示",
  toShop: "買い物を続ける",
  change: "変更",
  cancel: "キャンセル",
  tryAgain: "もう一度試す",
  notLoaded: "ページのこの部分を読み込めませんでした。",
  signInOffer: "アカウントをお持ちですか？",
  signIn: "サインイン",
  signedInAs: (name: string) => `${name} さんとしてサインインしています。`,

  addressStep: "連絡先と住所",
  billing: "請求先住所",
  shipping: "お届け先住所",
  shippingSame: "請求先住所に届ける",
  country: "国・地域",
  otherAddress: "別の住所",
  choose: "選択してください",
  optional: "任意",
  moreFields: (names) => `${names.join("、")}（任意）`,
  missing: "入力してください。",
  unusual: (example: string) =>
    `通常とは異なる形式です（例：${example}）。この内容で正しければ、もう一度ボタンを押してください。`,
  unusualNoExample: "通常とは異なる形式です。この内容で正しければ、もう一度ボタンを押してください。",
  emailReason: "ご注文に関するご連絡に使用します。",
  phoneReason: "配送とお支払いの確認に使用します。",
  continue: "次へ進む",
  saving: "保存中…",
  suggestion: "郵便局の表記では次のとおりです：",
  useSuggestion: "この住所を使う",
  keepMine: "入力した住所を使う",

  deliveryStep: "配送方法",
  deliveryLater: "住所を入力すると、配送方法を選べます。",

  taxStep: "納税者番号",
  taxText: "この国では納税者番号が必要です。",
  save: "保存",

  paymentStep: "お支払い",
  paymentLater: "住所を入力すると、お支払い方法を選べます。",
  savedCards: "登録済みのカード",
  cardEnding: (brand: string, digits: string) => `${brand} 下4桁 ${digits}`,
  cardExpires: (date: string) => `有効期限 ${date}`,
  cardExpired: "期限切れ",
  otherMethod: "別のお支払い方法",
  useCard: "このカードを使う",
  credit: (amount: string) => `ストアクレジット ${amount} を使う`,
  creditApplied: (amount: string) => `ストアクレジットで ${amount} を支払います`,
  creditRemaining: (amount: string) => `残りのお支払い額は ${amount} です。`,
  creditPaysAll: "残りのお支払いはありません。",
  formLoading: "お支払いフォームを読み込んでいます…",
  formFailed:
    "お支払いフォームを読み込めませんでした。ご注文は行われておらず、代金は請求されていません。" +
    "通信状態をご確認ください。",
  phoneMissing: "お支払いには、請求先住所の残りの項目が必要です。ご入力ください。",
  editAddress: "住所を編集",
  sourceFailed:
    "このお支払いは受け付けられませんでした。ご注文は行われておらず、代金は請求されていません。" +
    "内容をご確認いただくか、別のお支払い方法をお選びください。",
  leaving: "お支払いページに移動しています…",
  approvalMissing:
    "お支払いは承認されていません。ご注文は行われておらず、代金は請求されていません。" +
    "お支払い方法をお選びください。",
  sourceUnused: "お支払いはまだ反映されていません",
  sourceUnusedText:
    "お支払いの情報は残っていますので、もう一度入力や承認をしていただく必要はありません。" +
    "ご注文は行われておらず、代金は請求されていません。もう一度お試しください。",
  approvalUnused: "カートが空のため、承認されたお支払いは使われませんでした。代金は請求されていません。",
  approved:
    "お支払いは承認されましたが、ご注文はまだ完了していません。内容をご確認のうえ、" +
    "下のボタンでご注文ください。",
  bankAsks: "カード会社による本人確認があります",
  bankAsksText: "すぐに終わります。ご注文を確定するまで、代金は請求されません。",
  toBank: "本人確認へ進む",
  bankRefused:
    "本人確認ができませんでした。ご注文は行われておらず、代金は請求されていません。もう一度お試しいただくか、" +
    "別の方法でお支払いください。",
  bankUnreachable:
    "カード会社に接続できず、本人確認ができませんでした。ご注文は行われておらず、代金は請求されていません。" +
    "通信状態をご確認のうえもう一度お試しいただくか、別の方法でお支払いください。",
  storeCredit: "ストアクレジット",
  methods: {
    creditCard: "カード",
    wireTransfer: "銀行振込",
    directDebit: "SEPA口座振替",
    bankTransfer: "銀行振込",
    onlineBanking: "オンラインバンキング",
    konbini: "コンビニ払い",
  },
  payOtherwise: "別の方法で支払う",

  reviewStep: "確認と注文",
  reviewLater: "お支払い方法を選ぶと、ここで内容を確認して注文できます。",
  reviewUnchecked: "ご注文内容を確認しています。確認が終わりましたら、ご注文いただけます。",
  summary: "ご注文内容",
  quantity: (quantity: string) => `数量 ${quantity}`,
  total: "合計",
  estimate: "送料と税は、住所を入力すると加算されます。",
  estimateWithTax: "送料は、住所を入力すると加算されます。",
  taxIncluded: (amount: string) => `うち税 ${amount}`,
  terms: (terms: string) => `${terms}に同意します。`,
  termsOfSale: "販売条件",
  termsPassive: (terms: string) => `注文すると、${terms}に同意したことになります。`,
  termsMissing: "販売条件に同意してください。",
  placeOrder: (amount: string) => `注文を確定する（${amount}）`,
  placeFreeOrder: "注文を確定する",
  onlyNow: "このボタンを押すまで、ご注文は確定しません。",

  sending: "ご注文を送信しています",
  sendingText: "このページを開いたままにしてください。閉じてしまった場合は、もう一度開くとご注文の結果が表示されます。",
  checking: "ご注文を確認しています…",
  doubt: "ご注文が完了したかどうかを確認しています",
  doubtText:
    "ご注文への応答がありません。ご注文は完了している可能性があります。確認を続け、結果をここに表示します。" +
    "再度ご注文なさらないでください。",
  offline: "オフラインのため、ご注文が完了したかどうかがまだ分かりません",
  offlineText: "オンラインに戻り次第、ご注文の結果を確認します。それまで再度ご注文なさらないでください。",
  checkNow: "今すぐ確認",
  otherTab: "ご注文はすでに処理中です（別のタブの可能性があります）",
  otherTabText: "結果が分かり次第、このページに表示します。再度ご注文なさらないでください。",
  notArrived:
    "ご注文は届いていませんでした。もう一度ご注文ください。最初のご注文が後から届いても、" +
    "ご注文とお支払いは一回だけです。",
  elsewhere: "前回のご注文が完了したかどうか確認できません",
  elsewhereArrived: "前回のご注文は届いています。今回は新たなご注文は行われていません",
  elsewhereText:
    "前回のご注文は、セッションの終了またはログアウトの前に送信されたため、このページでは表示できません。" +
    "ご注文が完了している場合は、注文番号を記載したメールが届いています。再度ご注文になる前にご確認ください。" +
    "ログインしていた場合は、ログインすると表示されます。",
  nothingOrdered: "ご注文は行われておらず、代金は請求されていません。",
  blocked: "ご注文は完了していません",
  totalChanged: (before: string, now: string) => `合計金額が ${before} から ${now} に変わりました`,
  totalChangedText:
    "別のタブなどでご注文内容が変更されました。ご注文は行われておらず、代金は請求されていません。" +
    "内容をご確認ください。新しい合計金額でよろしければ、もう一度ご注文ください。",
  cartChanged: "ご注文内容が変わりました",
  cartChangedText:
    "別のタブなどで変更されました。ご注文は行われておらず、代金は請求されていません。内容をご確認のうえ、" +
    "ご注文ください。",
  refused: "処理できませんでした",
  failed: "ショップに接続できませんでした。通信状態をご確認のうえ、もう一度お試しください。",
  ourFault:
    "当店側の問題で処理できませんでした。ご注文は行われておらず、代金は請求されていません。" +
    "しばらくしてからもう一度お試しください。",
  sessionEnded: "セッションが終了しました",
  sessionEndedText:
    "お客様の情報を守るため、30分間操作がないとセッションは終了します。ご注文は行われておらず、" +
    "代金は請求されていません。アカウントをお持ちの場合は、サインインするとカートを再び表示できます。",
  waitsForApproval: "お支払いが完了していません",
  waitsForApprovalText: "お支払いが承認されるまで、ご注文は確定せず、代金は請求されません。",
  toProvider: "お支払いを続ける",
  givenUp:
    "未完了のお支払いを取りやめました。ご注文は行われておらず、代金は請求されていません。" +
    "お支払い方法をお選びください。",
  openOrder: "前回のご注文の結果がまだ分かっていません。",
  openOrderLink: "確認する",

  placedTitle: "ご注文ありがとうございます",
  placedText: "ご注文を承りました。お手続きは以上です。",
  paidText: "お支払いを確認しました。お手続きは以上です。",
  processingText: "ご注文を承りました。銀行がお支払いを処理しています。数日かかることがあります。お手続きは不要です。",
  reviewText: "ご注文を承り、現在確認しています。1日ほどかかることがあります。お手続きは不要です。",
  cancelledTitle: "このご注文はキャンセルされました",
  cancelledText: "すでにお支払いいただいている場合は、返金されます。",
  approvalTitle: "このご注文は承認待ちです",
  waitingTitle: "お支払いをお願いします",
  waitingText: "ご注文を承りました。お支払いを確認でき次第、発送します。代金が自動的に引き落とされることはありません。",
  orderNumber: "注文番号",
  payInstructions: "お支払い方法のご案内",
  amountToPay: "金額",
  payReference: "照会番号",
  payBefore: "お支払い期限",
  payDocument: "払込票を開く",
  payNote: "お支払いを確認できるよう、照会番号をお伝えください。",
  printPage: "この案内を印刷",
  paymentMethod: "お支払い",
  deliveryMethod: "配送",
  orderDetails: "詳細",
  orderUnavailable: "セッションが終了したため、このご注文の詳細は表示できません。ご注文は有効です。",
  orderNotFound: "このご注文は、現在のセッションでは見つかりません。",
  lookUp: "注文番号で探す",
};
