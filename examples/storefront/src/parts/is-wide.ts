/** Whether what can be folded has room beside the rest of the page. */
export function isWide(): boolean {
  return matchMedia("(min-width: 60rem)").matches;
}
