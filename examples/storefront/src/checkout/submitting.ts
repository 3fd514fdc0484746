/** Handles the submit event of a form, which is sent by the task and not by the browser. */
export function submitting(task: () => unknown): (event: { preventDefault: () => void }) => void {
  return (event) => {
    event.preventDefault();
    void task();
  };
}
