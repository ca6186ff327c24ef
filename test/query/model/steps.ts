import fc from 'fast-check'

/** The queries of a page, by name. */
export const QUERIES = ['list', 'other list', 'digest', 'pages', 'row 0', 'row 1'] as const

export type QueryName = (typeof QUERIES)[number]

/** What happens, in some order. */
export type Step =
  | { do: 'write'; row: number; delay: number }
  | { do: 'remove'; row: number }
  | { do: 'refetch' | 'invalidate' | 'cancel' | 'reset' | 'mount' | 'unmount' | 'remount'; query: QueryName }
  | { do: 'mutate'; row: number; delay: number; fails: boolean; cancels: boolean; isExcluded: boolean }
  | { do: (typeof PLAIN)[number] }
  | { do: 'wait'; time: number }

const PLAIN = [
  'cut',
  'hold',
  'release',
  'old',
  'fail',
  'lose',
  'pause',
  'resume',
  'restart',
  'more',
  'focus',
  'follow',
  'reload',
  'visit',
] as const

const row = fc.nat(4)
const query = fc.constantFrom(...QUERIES)

/** One step. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('write' as const), row, delay: fc.constantFrom(0, 0, 5, 40) }),
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
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mutate' as const),
      row,
      delay: fc.constantFrom(0, 10, 60),
      fails: fc.boolean(),
      cancels: fc.boolean(),
      isExcluded: fc.boolean(),
    }),
  },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom(...PLAIN) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('wait' as const), time: fc.constantFrom(0, 1, 10, 60, 1500, 8000) }),
  },
)
