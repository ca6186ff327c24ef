import type { Setting } from './play.ts'
import type { Change, Step } from './steps.ts'

/** Steps that chance seldom finds: after them something was wrong once, or would be without one of the rules. */
export interface Trace {
  readonly title: string
  readonly steps: readonly Step[]
  readonly setting?: Partial<Setting>
}

const REFUSED: Change = {
  row: 0,
  removes: false,
  delay: 10,
  answersIn: 0,
  outcome: 'refused',
  cancels: false,
  isExcluded: false,
  puts: false,
  settles: 'leave',
}

const SLOWLY_REFUSED: Change = { ...REFUSED, delay: 60 }

/** What is played in every run. */
export const TRACES: readonly Trace[] = [
  {
    title: 'a page is kept right after a failed mutation, with a fetch meanwhile',
    steps: [
      { do: 'write', row: 1, delay: 0 },
      { do: 'wait', time: 1500 },
      { do: 'mutate', query: 'list', changes: [SLOWLY_REFUSED] },
      { do: 'wait', time: 1 },
      { do: 'write', row: 1, delay: 0 },
      { do: 'wait', time: 10 },
      { do: 'refetch', query: 'list' },
      { do: 'wait', time: 60 },
      { do: 'wait', time: 1 },
      { do: 'reload' },
    ],
  },
  {
    title: 'mutations fail while nobody looks',
    steps: [
      { do: 'write', row: 1, delay: 0 },
      { do: 'wait', time: 60 },
      { do: 'unmount', query: 'list' },
      { do: 'wait', time: 1500 },
      { do: 'mutate', query: 'list', changes: [REFUSED, { ...SLOWLY_REFUSED, row: 1 }] },
      { do: 'wait', time: 60 },
      { do: 'wait', time: 60 },
      { do: 'mount', query: 'list' },
    ],
  },
  {
    title: 'a page is added right after mutations fail',
    steps: [
      { do: 'write', row: 0, delay: 0 },
      { do: 'write', row: 1, delay: 0 },
      { do: 'write', row: 2, delay: 0 },
      { do: 'wait', time: 1500 },
      { do: 'wait', time: 1500 },
      { do: 'refetch', query: 'pages' },
      { do: 'wait', time: 10 },
      { do: 'mutate', query: 'pages', changes: [REFUSED, SLOWLY_REFUSED] },
      { do: 'wait', time: 60 },
      { do: 'wait', time: 10 },
      { do: 'more' },
    ],
    setting: { queries: ['pages'] },
  },
  {
    title: 'newer data come from elsewhere while an older event waits and the channel is away',
    steps: [
      { do: 'write', row: 0, delay: 40 },
      { do: 'wait', time: 60 },
      { do: 'remove', row: 0 },
      { do: 'pause' },
      { do: 'visit' },
      { do: 'wait', time: 60 },
      { do: 'write', row: 1, delay: 0 },
    ],
    setting: { queries: ['row 0'] },
  },
  {
    title: 'a fetch is given up that would have held what the channel has not told yet',
    steps: [
      { do: 'pause' },
      { do: 'write', row: 0, delay: 0 },
      { do: 'wait', time: 10 },
      { do: 'hold' },
      { do: 'refetch', query: 'list' },
      { do: 'wait', time: 10 },
      { do: 'cancel', query: 'list' },
      { do: 'release' },
      { do: 'wait', time: 10 },
      { do: 'resume' },
    ],
    setting: { rows: 2 },
  },
  {
    title: 'a page is added after a fetch of the others was given up',
    steps: [
      { do: 'pause' },
      { do: 'write', row: 0, delay: 0 },
      { do: 'wait', time: 10 },
      { do: 'hold' },
      { do: 'refetch', query: 'pages' },
      { do: 'wait', time: 10 },
      { do: 'cancel', query: 'pages' },
      { do: 'release' },
      { do: 'wait', time: 10 },
      { do: 'more' },
      { do: 'wait', time: 10 },
      { do: 'resume' },
    ],
    setting: { queries: ['pages'], rows: 4 },
  },
  {
    title: 'another page changes while one is asked for',
    steps: [
      { do: 'stall' },
      { do: 'more' },
      { do: 'wait', time: 10 },
      { do: 'write', row: 0, delay: 0 },
      { do: 'wait', time: 60 },
      { do: 'release' },
    ],
    setting: { queries: ['pages'], rows: 4 },
  },
  {
    title: 'a fetch from before a change that nobody tells of is answered after it',
    steps: [
      { do: 'hold' },
      { do: 'refetch', query: 'list' },
      { do: 'wait', time: 10 },
      { do: 'mutate', query: 'list', changes: [{ ...REFUSED, outcome: 'taken', isExcluded: true }] },
      { do: 'wait', time: 60 },
      { do: 'release' },
    ],
    setting: { rows: 2 },
  },
  {
    title: 'a page is added while an event of another one waits for its frame',
    steps: [{ do: 'write', row: 0, delay: 0 }, { do: 'wait', time: 10 }, { do: 'more' }, { do: 'wait', time: 60 }],
    setting: { queries: ['pages'], rows: 4 },
  },
  {
    title: 'a row is fetched twice changed, and told of once while the channel is away',
    steps: [
      { do: 'pause' },
      { do: 'write', row: 0, delay: 0 },
      { do: 'write', row: 0, delay: 500 },
      { do: 'wait', time: 10 },
      { do: 'refetch', query: 'list' },
      { do: 'wait', time: 10 },
      { do: 'resume' },
      { do: 'wait', time: 1500 },
    ],
    setting: { rows: 2 },
  },
  {
    title: 'older data come from elsewhere, without their position',
    steps: [{ do: 'restore' }, { do: 'write', row: 0, delay: 0 }, { do: 'wait', time: 1500 }],
    setting: { rows: 2 },
  },
  {
    title: 'older data come from elsewhere while the channel is away, and a fetch fails',
    steps: [
      { do: 'restore' },
      { do: 'write', row: 0, delay: 0 },
      { do: 'wait', time: 60 },
      { do: 'pause' },
      { do: 'wait', time: 60 },
      { do: 'fail' },
      { do: 'refetch', query: 'list' },
      { do: 'wait', time: 10 },
      { do: 'resume' },
    ],
    setting: { rows: 2 },
  },
  {
    title: 'somebody looks again at what was to be fetched meanwhile',
    steps: [
      { do: 'wait', time: 1500 },
      { do: 'unmount', query: 'digest' },
      { do: 'remove', row: 0 },
      { do: 'wait', time: 60 },
      { do: 'mount', query: 'digest' },
    ],
    setting: { queries: ['digest'], rows: 2 },
  },
  {
    title: 'a cache between has only old answers for a while, and is not asked all the time',
    steps: [
      ...Array.from({ length: 30 }, () => ({ do: 'old' }) as const),
      { do: 'restart' },
      ...Array.from({ length: 4 }, () => ({ do: 'wait', time: 8000 }) as const),
    ],
    setting: { rows: 2, maxFetches: 15 },
  },
]
