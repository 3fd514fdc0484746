// The pointer of the shopper. A press on a button takes the focus from a field, whose error then appears: it would move
// the button away below the pointer, and the click would miss it.

/** How long a press delays what it would disturb, if its end is not seen. */
const LONGEST_PRESS_MS = 1000;

const PRESS = { isHeld: false, delayed: [] };

function endPress() {
  PRESS.isHeld = false;
  for (const job of PRESS.delayed.splice(0)) job();
}

window.addEventListener("pointerdown", () => (PRESS.isHeld = true), true);
// The click follows the end of the press before any timer.
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(endPress), true);

/** Do this now, or after the click if the pointer is pressed. The order of the jobs stays. */
function afterPress(job) {
  if (!PRESS.isHeld) return job();
  if (!PRESS.delayed.length) setTimeout(endPress, LONGEST_PRESS_MS);
  PRESS.delayed.push(job);
}
