import { logOfLines } from '../texts.ts'
import { again, type Case, LOST } from './case.ts'

/** What a stream says, and how it is cut. */
export const wire: readonly Case[] = [
  {
    name: 'reads what behaves',
    route: '/events',
    log: ['open', 'message:first', 'tick:{"n":2}', 'message:last', 'close:complete'],
  },
  { name: 'leaves out one byte order mark', route: '/bom', log: again('message:1'), positions: ['', ''] },
  {
    name: 'leaves out no more than one byte order mark',
    route: '/double-bom',
    log: again('message:\uFEFF2'),
    positions: ['', ''],
  },
  ...(['LF', 'CR', 'CRLF', 'mix'] as const).map((ending) => ({
    name: `reads lines that end in ${ending}, cut at every byte`,
    route: `/lines/${ending}`,
    log: ['open', ...logOfLines(ending), 'close:complete'],
  })),
  {
    name: 'reads byte by byte, and half a character in each',
    route: '/trickle',
    log: ['open', 'message:é→😀', 'close:complete'],
  },
  {
    name: 'replaces what is no text, half a character and a lone surrogate',
    route: '/no-text',
    log: again('message:\uFFFD\uFFFD'),
    positions: ['', 'a\uFFFD\uFFFD\uFFFD'],
  },
  {
    name: 'splits lines at nothing else',
    route: '/line-separators',
    log: again('message:a\u2028b\u2029c\u0085d\vf'),
    positions: ['', ''],
  },
  { name: 'tells nothing of comments', route: '/comments', log: again(), positions: ['', ''] },
  { name: 'tells nothing of a block without data', route: '/no-data', log: again(), positions: ['', 'a'] },
  {
    name: 'takes a bare `data` for an empty line',
    route: '/bare-data',
    log: again('message:', 'message:', 'message:\n'),
    positions: ['', ''],
  },
  {
    name: 'compares the names of fields literally',
    route: '/unknown-fields',
    log: again('message:6'),
    positions: ['', ''],
  },
  { name: 'hands out no reserved event', route: '/reserved', log: again(), positions: ['', 'a'] },
  {
    name: 'has each event of a compressed stream when it comes',
    route: '/gzip',
    options: { until: () => true },
    log: ['open', 'message:first', 'close:complete'],
  },
]

/** From where a stream is resumed. */
export const positions: readonly Case[] = [
  { name: 'takes up an id without an event', route: '/id-only', log: again(), positions: ['', 'a'] },
  { name: 'ignores an id with NUL', route: '/nul-in-id', log: again('message:1'), positions: ['', 'a'] },
  {
    name: 'clears its position at an empty id',
    route: '/empty-id',
    log: again('message:1', 'message:2'),
    positions: ['', ''],
  },
  { name: 'sends no position where there was none', route: '/no-id', log: again('message:1'), positions: ['', ''] },
  {
    name: 'keeps its position over streams that have none',
    route: '/id-once',
    options: { retry: { delay: 1 } },
    log: ['open', 'message:1', LOST, 'open', 'message:2', LOST, 'open', LOST, 'open', 'close:complete'],
    positions: ['', 'a', 'a', 'a'],
  },
  {
    name: 'does not move for an event that the stream ends in',
    route: '/unfinished-id',
    log: again('message:1'),
    positions: ['', 'a'],
  },
  { name: 'sends any id as UTF-8', route: '/any-id', log: again('message:1'), positions: ['', 'é→😀'] },
  {
    name: 'leaves out an id with a control character, and tells of the gap',
    route: '/control-in-id',
    log: ['open', 'message:1', LOST, 'open', 'gap:reset', 'close:complete'],
    positions: ['', ''],
    lastEventId: 'a\u0001',
  },
  {
    name: 'leaves out an id that is too long, and tells of the gap',
    route: '/long-id',
    log: ['open', LOST, 'open', 'gap:reset', 'close:complete'],
    positions: ['', ''],
  },
  {
    name: 'resumes from each position until the stream is complete',
    route: '/resume',
    log: ['open', 'message:1', LOST, 'open', 'message:2', LOST, 'open', 'message:3', 'close:complete'],
    positions: ['', '1', '2'],
  },
]
