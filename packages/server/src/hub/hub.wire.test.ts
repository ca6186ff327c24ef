import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { type Block, Blocks } from '../../test/hubModel/blocks.ts'
import { serve } from '../../test/nodeServer.ts'
import { turn } from '../../test/readStream.ts'
import { createSSEHub } from '../index.ts'
import { toNodeHandler } from '../node/index.ts'

const CUTS = 150

/** Reads a response until so many bytes of it have come, and cuts the connection in the middle of them. */
async function readUntilCut(port: number, path: string, base: string, count: number): Promise<Block[]> {
  const request = get({ port, path, agent: false, headers: base === '' ? {} : { 'Last-Event-ID': base } })
  request.on('error', () => {})
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  const blocks = new Blocks()
  const read: Block[] = []
  let left = count
  for await (const chunk of response as AsyncIterable<Buffer>) {
    read.push(...blocks.add(chunk.subarray(0, left)))
    left -= chunk.byteLength
    if (left <= 0) break
  }
  request.destroy()
  return read
}

it.for([['?channel=a'], ['?channel=a&channel=b']])(
  'gives a plain reader of %s every event once over node:http, wherever its connections are cut',
  { timeout: 30_000 },
  async ([query]) => {
    const hub = createSSEHub()
    onTestFinished(() => hub.close())
    const history = { maxEvents: Infinity, maxBytes: Infinity }
    hub.channel('a', { history })
    hub.channel('b', { history })
    const port = await serve(toNodeHandler(hub))
    let published = 0
    const over = new AbortController()
    onTestFinished(() => over.abort())
    const publishing = (async () => {
      while (!over.signal.aborted) {
        const channel = query?.includes('b') && published % 3 === 0 ? 'b' : 'a'
        await hub.to(channel).data({ n: published++, pad: 'ä'.repeat(published % 40) })
        if (published % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        else await turn()
      }
    })()

    const got: number[] = []
    let base = ''
    for (let cut = 0; cut < CUTS; cut++) {
      const path = `/_sse${query}`
      for (const { type, data, id } of await readUntilCut(port, path, base, 1 + ((cut * 97) % 1500))) {
        if (id !== undefined) base = id
        if (type.endsWith('message')) got.push((JSON.parse(data ?? '') as { n: number }).n)
      }
    }
    over.abort()
    await publishing
    expect(got.length).toBeGreaterThan(CUTS)
    expect(got).toEqual(Array.from(got, (_, index) => (got[0] ?? 0) + index))
  },
)
