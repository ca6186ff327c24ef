/** Those who wait for something to come, and what they do with it. */
export interface WaitingLine<Item> {
  /** Does something with the first item that matches, at once where there is one, and resolves with what comes of it. */
  next: <Result>(act: (item: Item) => Result | Promise<Result>, matches?: (item: Item) => boolean) => Promise<Result>
  /** Looks whether anything has come. */
  look: () => void
  /** Turns everybody away, also who comes later. */
  close: (error: Error) => void
}

/** Creates a line. `list` is what there is now; what is acted upon may leave it. */
export function createWaitingLine<Item>(list: () => readonly Item[]): WaitingLine<Item> {
  const waiting = new Set<{ serve: () => void; reject: (error: Error) => void }>()
  let closedBy: Error | undefined
  return {
    next<Result>(act: (item: Item) => Result | Promise<Result>, matches: (item: Item) => boolean = () => true) {
      const turn = new Promise<Result>((resolve, reject) => {
        if (closedBy) return reject(closedBy)
        const one = {
          serve() {
            const item = list().find(matches)
            if (item === undefined) return
            waiting.delete(one)
            resolve(act(item))
          },
          reject,
        }
        waiting.add(one)
        one.serve()
      })
      // Of a test that has failed already, say.
      turn.catch(() => {})
      return turn
    },
    look() {
      for (const { serve } of waiting) serve()
    },
    close(error) {
      closedBy = error
      for (const { reject } of waiting) reject(error)
      waiting.clear()
    },
  }
}
