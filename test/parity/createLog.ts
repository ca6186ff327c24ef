import { EventEmitter, on } from 'node:events'

/** What was heard, one entry after the other. */
export interface Log<Entry> {
  add: (entry: Entry) => void
  /** Resolves with the next entry, as soon as there is one. */
  next: () => Promise<Entry>
}

export function createLog<Entry = unknown>(): Log<Entry> {
  const heard = new EventEmitter()
  const entries = on(heard, 'entry')
  return {
    add: (entry) => void heard.emit('entry', entry),
    next: async () => ((await entries.next()).value as [Entry])[0],
  }
}
