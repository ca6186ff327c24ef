import { again, type Case, LOST } from './case.ts'

/** How a stream ends, and when it is asked for again. */
export const ends: readonly Case[] = [
  {
    name: 'ends where the server says that it is complete',
    route: '/bye-complete',
    log: ['open', 'message:1', 'close:complete'],
  },
  { name: 'ends where its right is revoked', route: '/bye-revoked', log: ['open', 'message:1', 'close:revoked'] },
  { name: 'ends where it is sent away', route: '/bye-disconnected', log: ['open', 'message:1', 'close:revoked'] },
  { name: 'comes back where the stream was too old', route: '/bye-timeout', log: again(), positions: ['', 'a'] },
  {
    name: 'comes back where the source failed',
    route: '/bye-error',
    log: ['open', 'error:server', 'open', 'close:complete'],
    positions: ['', 'a'],
  },
  {
    name: 'tells of events that are gone',
    route: '/hub-reset',
    log: ['open', 'gap:reset', 'gap:reset', LOST, 'open', 'close:complete'],
    positions: ['', 'e.6'],
  },
  ...[
    ['in the middle of an event', '/cut-clean', 'disconnected'],
    ['in the middle of a chunk', '/cut-socket', 'network'],
    ['before its length', '/cut-length', 'network'],
    ['in the middle of a character', '/cut-character', 'disconnected'],
  ].map(([where, route = '', code = '']) => ({
    name: `comes back, from its position, to a stream that is cut ${where}`,
    route,
    isCut: code === 'network',
    log: ['open', 'message:first', `error:${code}`, 'open', 'message:first'],
    positions: ['', '1'],
  })),
  {
    name: 'is patient with a stream that ends at once, time after time',
    route: '/closes',
    options: { retry: { delay: 20, multiplier: 2, jitter: 'none', maxAttempts: 4 } },
    log: [...Array.from({ length: 5 }, () => ['open', LOST]).flat(), 'close:fatal'],
    positions: ['', '', '', '', ''],
    gaps: [20, 40, 80, 160],
  },
  {
    name: 'is patient with a server that cuts every connection',
    route: '/reset',
    options: { retry: { delay: 20, multiplier: 2, jitter: 'none', maxAttempts: 3 } },
    log: [...Array<string>(4).fill('error:network'), 'close:fatal'],
    positions: ['', '', '', ''],
    gaps: [20, 40, 80],
  },
  {
    name: 'waits for what `retry` says',
    route: '/retry',
    log: again(),
    positions: ['', ''],
    gaps: [50],
  },
  {
    name: 'waits an hour for a `retry` that is longer',
    route: '/retry-huge',
    log: ['open', LOST],
    wait: [3_600_000, 3_600_000],
  },
  {
    name: 'ignores a `retry` that is no number',
    route: '/retry-rubbish',
    log: again(),
    positions: ['', ''],
    gaps: [50],
  },
]

/** Servers that say nothing, or nothing that could be understood. */
export const silent: readonly Case[] = [
  ...['mute', 'half-head'].map((route) => ({
    name: `gives up a server that is ${route === 'mute' ? 'mute' : 'silent in the middle of its head'}`,
    route: `/${route}`,
    options: { connectTimeout: 250, retry: { delay: 1, maxAttempts: 1 } },
    log: ['error:timeout', 'error:timeout', 'close:fatal'],
    positions: ['', ''],
  })),
  {
    name: 'gives up a stream that is silent from the start',
    route: '/stalled',
    options: { heartbeat: 25, retry: { delay: 1, maxAttempts: 1 } },
    log: ['open', 'error:timeout', 'open', 'error:timeout', 'close:fatal'],
    positions: ['', ''],
    gaps: [50],
  },
  {
    name: 'gives up a connection that is half open, and resumes',
    route: '/stalled-later',
    options: { heartbeat: 25, retry: { delay: 1 } },
    log: ['open', 'message:first', 'error:timeout', 'open', 'message:first'],
    positions: ['', '1'],
    gaps: [50],
  },
  {
    name: 'holds a hub to the heartbeat that it has promised',
    route: '/stalled-hub',
    options: { retry: { delay: 1, maxAttempts: 1 } },
    log: ['open', 'error:timeout', 'open', 'error:timeout', 'close:fatal'],
    positions: ['', 'e.1'],
    gaps: [50],
  },
  {
    name: 'takes nothing for a stream that is not HTTP',
    route: '/no-http',
    options: { retry: false },
    log: ['error:network', 'close:fatal'],
  },
]

/** Streams that are too large. */
export const large: readonly Case[] = [
  ...[
    ['a line', '/endless'],
    ['an event of tiny lines', '/endless-event'],
  ].map(([what, route = '']) => ({
    name: `gives up ${what} without an end`,
    route,
    options: { maxBufferSize: 100_000 },
    log: ['open', 'message:first', 'error:too-large', 'close:fatal'],
    lastEventId: '1',
  })),
  {
    name: 'holds nothing of a comment, however long it is',
    route: '/long-comment',
    options: { maxBufferSize: 100_000 },
    log: ['open', 'message:first', 'message:last', 'close:complete'],
  },
  {
    name: 'reads a million tiny lines',
    route: '/million-lines',
    options: { parse: (text) => text.length },
    log: ['open', 'message:999999', 'message:1', 'close:complete'],
  },
  {
    name: 'goes on behind an event that is too large, which is a gap',
    route: '/large',
    options: { maxEventSize: 100_000 },
    log: ['open', 'message:first', 'error:too-large', 'gap:dropped', 'message:last', 'close:complete'],
    lastEventId: '2',
  },
]

/** Requests that must not be repeated. */
export const posts: readonly Case[] = [
  {
    name: 'repeats no POST that ended',
    route: '/cut-clean',
    options: { body: 'a' },
    log: ['open', 'message:first', LOST, 'close:fatal'],
  },
  {
    name: 'repeats no POST that was cut',
    route: '/cut-socket',
    isCut: true,
    options: { body: 'a' },
    log: ['open', 'message:first', 'error:network', 'close:fatal'],
  },
  {
    name: 'repeats no POST that was never answered',
    route: '/reset',
    options: { body: 'a' },
    log: ['error:network', 'close:fatal'],
  },
  {
    name: 'repeats no POST that was refused for now',
    route: '/status/503',
    options: { body: 'a' },
    log: ['error:http-status', 'close:fatal'],
  },
]
