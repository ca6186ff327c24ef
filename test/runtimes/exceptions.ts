/** What a runtime cannot do, whatever the library does. */
export interface Exception {
  /** The names of the hosts. */
  readonly hosts: readonly string[]
  /** The title of the case. */
  readonly title: string
  /** Where the runtime says so itself. */
  readonly issue: string
}

/** Each is still tried, and has to fail: docs/runtimes.md says why, until the runtime has learned it. */
export const exceptions: readonly Exception[] = [
  {
    hosts: ['bun'],
    title: 'the head arrives before the first event',
    issue: 'https://github.com/oven-sh/bun/pull/33660',
  },
  {
    hosts: ['workerd'],
    title: 'a reader that leaves ends a stream that was made without its request',
    issue: 'https://developers.cloudflare.com/workers/runtime-apis/request/',
  },
  {
    hosts: ['workerd'],
    title: 'a Last-Event-ID is UTF-8',
    issue: 'https://developers.cloudflare.com/workers/runtime-apis/headers/',
  },
  {
    hosts: ['workerd'],
    title: 'a source that fails without a bye is cut off',
    issue: 'https://developers.cloudflare.com/workers/runtime-apis/streams/readablestream/',
  },
  {
    hosts: ['workerd'],
    title: 'shuts down in order while a stream is open',
    issue: 'https://developers.cloudflare.com/workers/runtime-apis/context/',
  },
]
