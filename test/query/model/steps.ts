import fc from 'fast-check'

/** The queries of a page, by name. */
export const QUERIES = ['list', 'other list', 'digest', 'pages', 'row 0', 'row 1'] as const

export type QueryName = (typeof QUERIES)[number]

/** A change that a page makes itself. */
export interface Change {
  readonly row: number
  readonly removes: boolean
  /** After how long it is committed, and after how long that is answered, in milliseconds. */
  readonly delay: number
  readonly answersIn: number
  /** `lost` is committed, but nobody says so. */
  readonly outcome: 'taken' | 'refused' | 'lost'
  /** Whether it gives up fetches that are under way. */
  readonly cancels: boolean
  /** Whether the page is not told of it. */
  readonly isExcluded: boolean
  /** Whether the answer is put into the cache. */
  readonly puts: boolean
  /** Whether it has the query fetched in the end, and lasts until that is over. */
  readonly settles: 'leave' | 'ask' | 'await'
}

/** The queries that a page changes itself. */
const CHANGED = ['list', 'list', 'digest', 'pages', 'row 0'] as const

/** What happens, in some order. */
export type Step =
  | { do: 'write'; row: number; delay: number }
  | { do: 'remove'; row: number }
  | { do: 'refetch' | 'invalidate' | 'cancel' | 'reset' | 'mount' | 'unmount' | 'remount'; query: QueryName }
  | { do: 'mutate'; query: (typeof CHANGED)[number]; changes: readonly Change[] }
  | { do: (typeof PLAIN)[number] }
  | { do: 'wait'; time: number }

const PLAIN = [
  'cut',
  'hold',
  'stall',
  'release',
  'old',
  'fail',
  'lose',
  'pause',
  'resume',
  'restart',
  'more',
  'more',
  'focus',
  'follow',
  'reload',
  'visit',
  'restore',
] as const

const row = fc.nat(4)
const query = fc.constantFrom(...QUERIES)

const change: fc.Arbitrary<Change> = fc.record({
  row: fc.nat(1),
  removes: fc.nat(3).map((chance) => chance === 0),
  delay: fc.constantFrom(0, 10, 60),
  answersIn: fc.constantFrom(0, 0, 10, 60),
  outcome: fc.constantFrom('taken', 'taken', 'refused', 'lost'),
  cancels: fc.boolean(),
  isExcluded: fc.boolean(),
  puts: fc.boolean(),
  settles: fc.constantFrom('leave', 'leave', 'ask', 'await'),
})

/** One step. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('write' as const), row, delay: fc.constantFrom(0, 0, 5, 40, 500) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), row }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom('refetch', 'refetch', 'invalidate', 'cancel', 'reset', 'mount', 'unmount', 'remount'),
      query,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('mutate' as const),
      query: fc.constantFrom(...CHANGED),
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom(...PLAIN) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.constantFrom(0, 1, 10, 60, 1500, 8000) }),
  },
)
