// DigitalRiver.js, as far as the checkout uses it. The script belongs to Digital River: it is loaded from the address
// that the graph names, and never bundled.

export interface Source {
  id: string;
  type: string;
  state: "chargeable" | "pending_redirect" | "pending_funds" | "requires_action" | "failed" | (string & {});
  redirect?: { redirectUrl: string } | null;
}

export interface BillingAddress {
  firstName: string;
  lastName: string;
  email: string;
  phoneNumber: string;
  organization?: string;
  address: {
    line1: string;
    line2?: string;
    city: string;
    state?: string;
    postalCode: string;
    country: string;
  };
}

export interface DropInConfiguration {
  /** Absent on a page of the account, where nothing is paid. */
  sessionId?: string;
  billingAddress?: BillingAddress;
  options: {
    flow: "checkout" | "managePaymentMethods";
    showSavePaymentAgreement?: boolean;
    showComplianceSection: boolean;
    showTermsOfSaleDisclosure: boolean;
    button: { type: "continue" } | { type: "custom"; buttonText: string };
    usage: string;
    redirect?: {
      disableAutomaticRedirects: true;
      disableAutomaticRedirectsPaypal: true;
      returnUrl: string;
      cancelUrl: string;
    };
  };
  paymentMethodConfiguration: { style: object };
  onReady: () => void;
  onSuccess: (data: { source: Source; readyForStorage?: boolean }) => void;
  onCancel: () => void;
  onError: (data: { type?: string; errors?: readonly { code: string; message?: string }[] }) => void;
}

export interface DropIn {
  mount: (container: HTMLElement) => Promise<unknown> | undefined;
}

export interface Authentication {
  sessionId: string;
  sourceId: string;
  sourceClientSecret: string;
  returnUrl: string;
}

export interface Authenticated {
  status: "complete" | "authentication_not_required" | "failed";
  /** Why the bank could not be asked, such as `no_network`. Absent if the bank has answered. */
  error?: { type?: string };
}

interface Details {
  disclosure: Readonly<Record<string, { localizedText?: string; url?: string } | undefined>>;
}

export interface DigitalRiver {
  Compliance: { getDetails(entity: string, locale: string): Details };
  createDropin: (configuration: DropInConfiguration) => DropIn;
  createElement(type: "compliance", configuration: object): { mount(container: string | HTMLElement): void; destroy(): void };
  authenticateSource(data: Authentication): Promise<Authenticated>;
}

type Constructor = new (publicKey: string, options: { locale: string }) => DigitalRiver;

declare global {
  interface Window {
    DigitalRiver?: Constructor;
  }
}

/** What the graph says about DigitalRiver.js. */
export interface Setup {
  publicKey: string;
  scriptUrl: string;
  styleUrl: string;
  locale: string;
}

const loaded = new Map<string, Promise<DigitalRiver>>();

/** DigitalRiver.js, loaded once for a locale. After a failure, the next call tries again. */
export function digitalRiver({ publicKey, scriptUrl, styleUrl, locale }: Setup): Promise<DigitalRiver> {
  const name = [scriptUrl, publicKey, locale].join(" ");
  let instance = loaded.get(name);
  if (!instance) {
    instance = Promise.all([script(scriptUrl), style(styleUrl)]).then(() => {
      if (!window.DigitalRiver) throw new Error(`${scriptUrl} does not define DigitalRiver.`);
      return new window.DigitalRiver(publicKey, { locale });
    });
    instance.catch(() => loaded.delete(name));
    loaded.set(name, instance);
  }
  return instance;
}

function script(src: string): Promise<unknown> {
  if (window.DigitalRiver) return Promise.resolve();
  return appended(Object.assign(document.createElement("script"), { src, async: true }));
}

function style(href: string): Promise<unknown> {
  if (document.querySelector(`link[href="${CSS.escape(href)}"]`)) return Promise.resolve();
  return appended(Object.assign(document.createElement("link"), { href, rel: "stylesheet" }));
}

function appended(element: HTMLScriptElement | HTMLLinkElement): Promise<void> {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error("DigitalRiver.js could not be loaded."));
    });
    document.head.append(element);
  });
}
