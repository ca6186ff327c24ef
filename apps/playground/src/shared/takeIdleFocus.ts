/** Gives a new element the focus where nobody has it, because what had it has just gone, or the page has just come. */
export function takeIdleFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus({ preventScroll: true })
}
