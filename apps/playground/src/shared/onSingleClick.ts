/**
 * For a button that means something else as soon as it was pressed: the second half of a double click is not meant for
 * that.
 */
export function onSingleClick(act: () => void): (event: { detail: number }) => void {
  return ({ detail }) => {
    if (detail < 2) act()
  }
}
