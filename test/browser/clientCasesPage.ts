import { cases } from '../../packages/client/test/cases.ts'
import type { Outcome } from '../../packages/client/test/cases/case.ts'
import { follow, type Followed } from '../../packages/client/test/followed.ts'
import { runCase } from '../../packages/client/test/runCase.ts'
import type { EventStreamOptions } from '@tidewire/client'

declare global {
  /** What the page can do for a test. */
  var client: {
    runCase: (index: number, url: string) => Promise<Outcome>
    follow: (url: string, options?: EventStreamOptions) => Followed
  }
  /** The stream of a test. */
  var followed: Followed
}

globalThis.client = {
  runCase(index, url) {
    const one = cases[index]
    if (!one) throw new Error(`There is no case ${index}.`)
    return runCase(one, url)
  },
  follow,
}
