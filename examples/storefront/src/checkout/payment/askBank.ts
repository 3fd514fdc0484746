import type { Notice } from "../order/stage";
import type { Authentication, DigitalRiver } from "./digitalRiver";

/** Lets the bank ask who pays. Null if it agrees, or need not ask; otherwise what the shopper reads. */
export async function askBank(load: () => Promise<DigitalRiver>, data: Authentication): Promise<Notice | null> {
  try {
    const { status, error } = await (await load()).authenticateSource(data);
    if (status !== "failed") return null;
    if (!error) return { tone: "bad", text: (t) => t.bankRefused, place: "payment" };
  } catch {
    // DigitalRiver.js could not be loaded, or has a fault: the bank was not asked either.
  }
  return { tone: "bad", text: (t) => t.bankUnreachable, place: "payment" };
}
