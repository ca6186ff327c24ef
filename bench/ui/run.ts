import { findBrowser } from '../../test/browser/findBrowser.ts'
import { startBrowser } from '../../test/browser/startBrowser.ts'
import { type Column, printTable } from '../fanout/table.ts'
import { type Arrival, type Measured, measurePage } from './measure.ts'
import { startPageServer } from './server.ts'

/**
 * 10,000 events into a component, in Chromium: what that takes the main thread, beside what many write by hand and beside other
 * hooks. See ../README.md.
 */
const total = Number(process.env['COUNT'] ?? 10_000)
const only = process.argv[2] ?? ''

/** After so many milliseconds nothing more is measured: what is missing is shown as missing. */
const DEADLINE = 150_000

const { MODES = 'one,burst,http' } = process.env
const modes: Record<string, [title: string, arrival: Arrival]> = {
  one: ['one per task', { perTask: 1 }],
  burst: ['20 per task', { perTask: 20 }],
  http: ['over HTTP', { interval: 0.25 }],
}
const arrivals = Object.fromEntries(MODES.split(',').flatMap((mode) => (modes[mode] ? [modes[mode]] : [])))

/** What is compared, each with the first of its row. */
const groups = [
  { framework: 'react', view: 'last', contenders: ['useState', 'Tidewire', 'react-hooks-sse'] },
  { framework: 'react', view: 'tail', contenders: ['useState', 'Tidewire', 'react-hooks-sse'] },
  { framework: 'vue', view: 'last', contenders: ['ref', 'Tidewire', 'VueUse'] },
  { framework: 'vue', view: 'tail', contenders: ['ref', 'Tidewire', 'VueUse'] },
  { framework: 'none', view: 'last', contenders: ['EventSource', 'fetch', 'Tidewire'] },
] as const

const titles = {
  react: { last: 'React, the last event', tail: 'React, the last 50 as rows' },
  vue: { last: 'Vue, the last event', tail: 'Vue, the last 50 as rows' },
  none: { last: 'No framework, and nothing shown', tail: '' },
}

const found = await findBrowser()
if (!found) throw new Error('There is no browser: install Chromium or Chrome, or name one in CHROMIUM_PATH.')
await using browser = await startBrowser(found)
const server = await startPageServer()
const measured = new Map<string, Measured>()

try {
  for (const [arrival, how] of Object.entries(arrivals)) {
    for (const { framework, view, contenders } of groups) {
      for (const contender of contenders) {
        if (!contender.includes(only) || performance.now() > DEADLINE) continue
        const row = await measurePage(browser, server, { framework, contender, view }, how, total)
        measured.set([framework, view, arrival, contender].join(), row)
        const { time, longest, commits, heard } = row
        const figures = { time: Number(time.toFixed(1)), longest: Number(longest.toFixed(1)), commits, heard }
        console.log(JSON.stringify({ bench: 'ui', framework, view, arrival, contender, total, ...figures }))
      }
    }
  }
} finally {
  server.close()
}

for (const { framework, view, contenders } of groups) {
  const columns = Object.keys(arrivals).flatMap((arrival): Column[] => {
    const figure = (field: keyof Measured) => (contender: string) =>
      measured.get([framework, view, arrival, contender].join())?.[field]
    return [
      [`${arrival}: ms`, figure('time'), true],
      ['commits', figure('commits')],
      ['longest, ms', figure('longest')],
    ]
  })
  printTable(titles[framework][view], contenders, columns)
}
