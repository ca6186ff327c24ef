/** Resolves in the next turn of the event loop, in which every promise has settled that waits for no time. Fake timers do not hold it up. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const take = () => {
      // An open port would keep Node running.
      port1.close()
      resolve()
    }
    port1.addEventListener('message', take)
    port1.start()
    port2.postMessage(undefined)
  })
}
