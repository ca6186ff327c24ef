/** What a runtime does not do. */
export interface Exception {
  /** The names of the hosts. */
  readonly hosts: readonly string[]
  /** The title of the case. */
  readonly title: string
  /** How the case fails: any other failure is one. */
  readonly failure: RegExp
  /** The heading in docs/runtimes.md that says why. */
  readonly section: string
}

/** Each is still tried, and has to fail, until the runtime has learned it. */
export const exceptions: readonly Exception[] = [
  {
    hosts: ['workerd'],
    title: 'a reader that leaves ends a stream that was made without its request',
    failure: /It stays at \{"running":1,/,
    section: 'workerd tells that a reader has left only where it is asked to',
  },
  {
    hosts: ['workerd'],
    title: 'a source that fails without a bye is cut off',
    failure: /instead of rejecting/,
    section: 'workerd ends a failed stream like a complete one',
  },
  {
    hosts: ['workerd'],
    title: 'shuts down in order while a stream and a hub are open',
    failure: /status: 'rejected'/,
    section: 'workerd stops without a word',
  },
]
