/** A rule that is turned off: in a file of the client, a text that stands there once, and what stands there instead. */
export interface Mutation {
  readonly rule: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The file and the title of the test that notices it, where the model cannot. */
  readonly test?: readonly [file: string, title: string]
}

/** What keeping queries true would look like without one of its rules. */
export const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'an answer is brought up to date',
    file: 'query/queryBinding',
    from: 'for (const entry of missed) this.#take(entry)',
    to: '',
  },
  {
    rule: 'what the data hold is not applied again',
    file: 'query/queryBinding',
    from: 'if (!rule || this.#holds(event)) return',
    to: 'if (!rule) return',
  },
  {
    rule: 'a journal that does not reach back is not relied upon',
    file: 'query/journal',
    from: 'if (!hasReached(cursor, this.#floor)) return undefined',
    to: '',
  },
  {
    rule: 'a journal that began after the fetch is not relied upon',
    file: 'query/journal',
    from: 'if (!this.reaches(time)) return undefined',
    to: '',
  },
  {
    rule: 'what asks for a fetch during one asks for one more',
    file: 'query/refetch',
    from: '    this.isWanted = true\n',
    to: '    this.isWanted = !this.isFetching\n',
  },
  {
    rule: 'an event of unknown position asks for a later fetch',
    file: 'query/refetch',
    from: 'this.isWanted = this.#unplacedAt > this.beganAt',
    to: 'this.isWanted = false',
  },
  {
    rule: 'a gap begins the journal anew',
    file: 'query/liveChannel',
    from: "this.journal.begin(reason === 'dropped' ? lastEventId : since)",
    to: '',
  },
  {
    rule: 'a gap asks for a fetch',
    file: 'query/queryBinding',
    from: 'this.#refetch.want({ delay: Math.random() * SPREAD })',
    to: '',
    test: ['gap', 'and not all pages at once'],
  },
  {
    rule: 'positions are those of a fetch that succeeds',
    file: 'query/cursors',
    from: 'if (query.state.data === undefined) setCursors(',
    to: 'setCursors(',
  },
  {
    rule: 'a fetch that was given up says nothing of the one after it',
    file: 'query/cursors',
    from: 'if (at < since) continue',
    to: '',
  },
  {
    rule: 'pages that were there before a fetch are as old as then',
    file: 'query/queryBinding',
    from: 'this.#refetch.beganAt, this.#cursorsBefore)',
    to: 'this.#refetch.beganAt, this.query.state.cursors)',
  },
  {
    rule: 'what waits when pages are added, and has no position, asks for a fetch',
    file: 'query/queryBinding',
    from: 'if (cursor === undefined && this.#isLate &&',
    to: 'if (cursor === null && this.#isLate &&',
  },
  {
    rule: 'positions are raised only where nothing waits',
    file: 'query/queryBinding',
    from: 'if (this.#isSettled) this.#raise()\n    this.#cursorsBefore',
    to: 'this.#raise()\n    this.#cursorsBefore',
  },
  {
    rule: 'patches wait behind a mutation',
    file: 'query/queryBinding',
    from: 'if (this.#mutations.isPending) return this.onStatus()',
    to: 'if (this.#pending.length === 0) return',
    test: ['liveQuery', 'lets patches wait for a mutation of the same key'],
  },
  {
    rule: 'a fetch that a mutation has overtaken is followed by another',
    file: 'query/queryBinding',
    from: 'if (this.#refetch.isFetching || this.#mutations.isUnsure)',
    to: 'if (this.#mutations.isUnsure)',
  },
  {
    rule: 'what a failed mutation puts back may be old',
    file: 'query/queryBinding',
    from: 'if (this.#refetch.isFetching || this.#mutations.isUnsure)',
    to: 'if (this.#refetch.isFetching)',
  },
  {
    rule: 'what is shown ahead is not gone on from',
    file: 'query/cursors',
    from: 'if (!query.state.isAhead) return',
    to: 'return',
  },
  {
    rule: 'data from elsewhere are brought up to date',
    file: 'query/queryBinding',
    from: '      this.#readAt = -Infinity\n      this.#isWhole = false\n',
    to: '',
  },
  {
    rule: 'data without positions lose those of the data before',
    file: 'query/syncQueryCache',
    from: "'data' in state && !state.cursors : manual",
    to: 'false : manual',
  },
  {
    rule: 'what is set while nobody keeps it true loses its position',
    file: 'query/syncQueryCache',
    from: ': manual && !binding',
    to: ': false',
  },
  {
    rule: 'an answer that comes while nobody looks has its own position',
    file: 'query/syncQueryCache',
    from: "if (type === 'success' && !manual) keepCursors(",
    to: 'if (manual) keepCursors(',
    test: ['unwatched', 'comes after everybody has left'],
  },
  {
    rule: 'what waits is not applied to data from elsewhere',
    file: 'query/queryBinding',
    from: '      this.#pending = []\n      this.#readAt',
    to: '      this.#readAt',
  },
  {
    rule: 'what a failed mutation puts back has no position',
    file: 'query/queryBinding',
    from: 'if (this.#mutations.isUnsure) setCursors(this.query, undefined)',
    to: '',
  },
  {
    rule: 'one more page does not do for those that were there',
    file: 'query/refetch',
    from: 'if (!this.#query.state.fetchMeta?.fetchMore) {',
    to: '{',
  },
  {
    rule: 'a fetch that fails is tried again where it was needed',
    file: 'query/refetch',
    from: 'this.isWanted = false\n    this.onState()\n',
    to: 'this.isWanted = false\n',
  },
  {
    rule: 'a fetch that is given up is made again where it was needed',
    file: 'query/refetch',
    from: 'this.isWanted ||= this.isDoubted',
    to: '',
  },
  {
    rule: 'a fetch that fails leaves the data as old as they were',
    file: 'query/queryBinding',
    from: '    this.#refetch.onFetch()\n',
    to: '    this.#refetch.onFetch()\n    this.#readAt = this.#refetch.beganAt\n',
  },
  {
    rule: 'a patch does not hide that somebody has asked for a fetch',
    file: 'query/queryBinding',
    from: 'if (isInvalidated) this.query.invalidate()',
    to: '',
  },
  {
    rule: 'old answers are asked for less and less often',
    file: 'query/refetch',
    from: 'if (isMiss) this.#misses = this.#missesBefore + 1',
    to: '',
  },
  {
    rule: 'who looks again gets what was needed meanwhile',
    file: 'query/queryBinding',
    from: '    this.live = live\n    this.#refetch.schedule()\n',
    to: '    this.live = live\n',
  },
  {
    rule: 'what nobody looks at is fetched by who comes back',
    file: 'query/syncQueryCache',
    from: '      query.invalidate()\n',
    to: '',
  },
  {
    rule: 'a query has one binding',
    file: 'query/syncQueryCache',
    from: '    this.#bindings.set(query, next)\n    next.start()\n',
    to: '    next.start()\n    this.#bindings.set(query, next)\n',
  },
  {
    rule: 'who comes late to a channel knows from where on',
    file: 'channels/clientSubscription',
    from: 'return isBeyond(joinedAt, since) ? joinedAt : since',
    to: 'return since',
  },
  {
    rule: 'a list does not take a row that is older',
    file: 'query/rules',
    from: 'return isOld ? old : drafts.set(',
    to: 'return drafts.set(',
  },
  {
    rule: 'a row stays that is newer than its removal',
    file: 'query/rules',
    from: 'one[id] === gone[id] && !isNewer(one)',
    to: 'one[id] === gone[id]',
  },
  {
    rule: 'what is removed is fetched anew',
    file: 'query/queryBinding',
    from: 'if (rule === remove) return this.#drop()',
    to: 'if (rule === remove) continue',
  },
]
