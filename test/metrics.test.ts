import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSSEHub } from '@tidewire/server'
import { expect, it, onTestFinished } from 'vitest'
import { logSlowReaders } from './metrics/recipes/diagnostics.ts'
import { observeHub } from './metrics/recipes/openTelemetry.ts'
import { toPrometheus } from './metrics/recipes/prometheus.ts'

const recipes = join(import.meta.dirname, 'metrics/recipes')

/** A hub that has one reader, has published two events and refused a request. */
async function useBusyHub() {
  const hub = createSSEHub({ limits: { maxBufferSize: 1_000 } })
  hub.channel('news')
  onTestFinished(() => hub.close())
  const read = (name: string) => hub.fetch(new Request(`http://localhost/_sse?channel=${name}`))
  await read('nowhere')
  const { body } = await read('news')
  const reader = body?.getReader()
  await reader?.read()
  await hub.to('news').data(1)
  await hub.to('news').data(2)
  return hub
}

it('shows in docs/metrics.md exactly the recipes that are tested', async () => {
  const page = await readFile(join(import.meta.dirname, '../docs/metrics.md'), 'utf8')
  const shown = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
  const files = await readdir(recipes)
  const tested = await Promise.all(files.map((name) => readFile(join(recipes, name), 'utf8')))
  expect(new Set(shown)).toEqual(new Set(tested))
})

it('tells in docs/metrics.md of every counter', async () => {
  const page = await readFile(join(import.meta.dirname, '../docs/metrics.md'), 'utf8')
  for (const name of Object.keys(createSSEHub().inspect().counters)) expect(page).toContain(`\`${name}\``)
})

it('shows a hub to Prometheus', async () => {
  const text = toPrometheus(await useBusyHub())
  expect(text).toContain('\ntidewire_connections 1\n')
  expect(text).toContain('\ntidewire_refused_total{status="404"} 1\n')
  expect(text).toContain('# TYPE tidewire_published_total counter\ntidewire_published_total 2\n')
  // The text format of Prometheus, version 0.0.4.
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(?:# TYPE [a-z_]+ (?:counter|gauge)|[a-z_]+(?:\{status="\d{3}"\})? \d+)$/)
  }
})

it('shows a hub to OpenTelemetry', async () => {
  const observed = new Map<unknown, unknown>()
  const callbacks: ((result: unknown) => void)[] = []
  const meter = {
    createObservableGauge: (name: string) => name,
    createObservableCounter: (name: string) => name,
    addBatchObservableCallback: (callback: (result: unknown) => void) => callbacks.push(callback),
  }
  observeHub(await useBusyHub(), meter as never)
  for (const callback of callbacks) {
    callback({ observe: (name: string, ...observation: unknown[]) => observed.set(name, observation) })
  }
  expect(observed.get('tidewire.connections')).toEqual([1])
  expect(observed.get('tidewire.published')).toEqual([2])
  expect(observed.get('tidewire.refused')).toEqual([1, { 'http.response.status_code': 404 }])
})

it('logs readers that are too slow', async () => {
  const hub = await useBusyHub()
  const log: string[] = []
  logSlowReaders(hub, (text) => log.push(text))
  while (log.length === 0) {
    await hub.to('news').data('x'.repeat(10_000))
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(log).toMatchObject([expect.stringMatching(/^Disconnected .*, which left \d+ bytes waiting\.$/)])
})
