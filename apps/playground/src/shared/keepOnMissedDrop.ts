/** Keeps the page when a file is dropped beside the place for it: the browser would leave the page to show the file. */
export function keepOnMissedDrop(): void {
  addEventListener('dragover', (event) => {
    if (event.defaultPrevented || !event.dataTransfer) return
    event.dataTransfer.dropEffect = 'none'
    event.preventDefault()
  })
}
