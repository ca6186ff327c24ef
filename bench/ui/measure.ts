import type { Browser, CDPSession } from 'playwright-core'
import type { View } from './page/record.ts'
import type { PageServer } from './server.ts'

/** How events come: so many in each task of the page, or over HTTP, with so many milliseconds from one to the next. */
export type Arrival = { readonly perTask: number } | { readonly interval: number }

/** What is shown, and by whom. */
export interface Shown {
  readonly framework: string
  readonly contender: string
  readonly view: View
}

/** What a page took for all events. Times are the processor's, on the main thread, in milliseconds. */
export interface Measured {
  readonly time: number
  /** That of the longest task. */
  readonly longest: number
  readonly commits: number
  readonly heard: number
}

/** Shows the stream to its last event in a page of its own, and says what that took the main thread. */
export async function measurePage(
  browser: Browser,
  server: PageServer,
  shown: Shown,
  arrival: Arrival,
  total: number,
): Promise<Measured> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => console.error(error))
    const session = await context.newCDPSession(page)
    const source = 'perTask' in arrival ? 'page' : 'http'
    const reader = source === 'http' && server.nextReader()
    const query = new URLSearchParams({ ...shown, source, total: String(total) })
    await page.goto(`${server.origin}/?${query.toString()}`)
    await reader
    // What mounting takes is no part of it.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
    await page.evaluate(() => {
      bench.commits = 0
    })
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await browser.startTracing(page, { categories: ['toplevel'] })
    const before = await taskDuration(session)
    await Promise.all([
      'perTask' in arrival
        ? page.evaluate((perTask) => bench.feed?.(perTask), arrival.perTask)
        : ((await reader) || undefined)?.send(total, arrival.interval),
      page.evaluate(() => bench.shown),
    ])
    const time = (await taskDuration(session)) - before
    const longest = longestTask(await browser.stopTracing())
    const { commits, heard } = await page.evaluate(() => ({ commits: bench.commits, heard: bench.heard }))
    return { time, longest, commits, heard }
  } finally {
    await context.close()
  }
}

/** What the main thread has done until now, in milliseconds. */
async function taskDuration(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000
}

/** An event of Chromium's own trace format; `tdur` is what it took the processor, in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const main = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const isMain = ({ pid, tid }: TraceEvent) => main.some((thread) => thread.pid === pid && thread.tid === tid)
  const tasks = traceEvents.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && isMain(event))
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}
