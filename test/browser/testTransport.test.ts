import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'

/** What a test of a user's does, inside of a page. */
const scenario = `
  import { createEventStream } from '@tidewire/client'
  import { createTestTransport } from '@tidewire/client/testing'

  export async function run() {
    const transport = createTestTransport()
    const log = []
    const stream = createEventStream('/orders', {
      fetch: transport.fetch,
      retry: { delay: 0 },
      onEvent: ({ event, data, id }) => log.push([event, data, id]),
      onError: ({ code }) => log.push(code),
    })
    const first = await transport.open()
    log.push(stream.status)
    void first.event('a', { n: 1 }, { id: '1' })
    await first.event('b', 'text', { id: '2' })
    log.push(stream.lastEventId)
    await first.drop()
    log.push(stream.status)
    const second = await transport.open()
    log.push(second.request.lastEventId)
    stream.reconnect()
    await second.closed
    await transport.refuse(503)
    const third = await transport.open()
    await third.message('last')
    const body = JSON.stringify({ connection: 'c', rev: 1, channels: {} })
    const { status } = await transport.fetch('/orders', { method: 'POST', body })
    log.push(status, transport.requests.length, transport.connections.length, transport.changes.length)
    await transport.close()
    log.push(stream.closeReason, transport.connections.length)
    return log
  }
`

describeBrowser('createTestTransport', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchBrowser()
  })

  afterAll(() => browser.close())

  it('plays the server in a page, where nothing is the same as in Node', async () => {
    const page = await browser.newPage()
    await page.addScriptTag({ content: await bundle(scenario) })
    const log = await page.evaluate('scenario.run()')
    expect(log).toEqual([
      'open',
      ['a', { n: 1 }, '1'],
      ['b', 'text', '2'],
      '2',
      'network',
      'reconnecting',
      '2',
      'http-status',
      ['message', 'last', '2'],
      204,
      4,
      1,
      1,
      'complete',
      0,
    ])
    await page.close()
  })
})

/** Bundles a module for a page, where it is called `scenario`. */
async function bundle(code: string): Promise<string> {
  const entry = join(import.meta.dirname, 'scenario.js')
  const build = await rolldown({
    input: entry,
    plugins: [
      {
        name: 'scenario',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    resolve: { conditionNames: ['tidewire-source', 'browser', 'import', 'default'] },
  })
  const { output } = await build.generate({ format: 'iife', name: 'scenario' })
  await build.close()
  return output[0].code
}
