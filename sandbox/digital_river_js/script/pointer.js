// The pointer of the shopper. A pointer that goes down on a button takes the focus from a field, whose error then appears: it
// would move the button away below the pointer, and the click would miss it.

/** How long a held pointer delays what would disturb its click, if its end is not seen. Some shoppers click slowly. */
const LONGEST_HOLD_MS = 5000;

const POINTER = { isHeld: false, delayed: [] };

function endHold() {
  POINTER.isHeld = false;
  for (const job of POINTER.delayed.splice(0)) job();
}

window.addEventListener("pointerdown", () => (POINTER.isHeld = true), true);
// The click follows before any timer.
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(endHold), true);

/** Do this now, or after the click if the pointer is held down. The order of the jobs stays. */
function afterClick(job) {
  if (!POINTER.isHeld) return job();
  if (!POINTER.delayed.length) setTimeout(endHold, LONGEST_HOLD_MS);
  POINTER.delayed.push(job);
}
