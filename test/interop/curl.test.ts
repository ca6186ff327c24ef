import { describe, expect, it, vi } from 'vitest'
import { hasCurl, runCurl } from './readers/curl.ts'
import { PATIENCE } from './startReading.ts'
import { startTidewire } from './startTidewire.ts'

const CHANNELS = '/_sse?channel=orders/42'

const isSkipped = !hasCurl() && process.env['CI'] !== 'true'
if (isSkipped) console.warn('SKIPPED: what curl reads, since this machine has none')

/** The blocks that hold an event. */
function events(text: string): string[] {
  return text.split('\n\n').filter((block) => /^data:/m.test(block))
}

describe.skipIf(isSkipped)('a Tidewire server, read by curl -N', { timeout: 15_000 }, () => {
  it('prints every event of a plain stream, and ends well at its end', async () => {
    const { origin } = await startTidewire()
    const { printed, ended } = runCurl(`${origin}/greetings`)
    expect(await ended).toBe(0)
    expect(events(printed())).toEqual([
      'data: without a name',
      'event: text\nid: 1\ndata: two\ndata: lines',
      'event: json\nid: 2\ndata: {"greeting":"Grüße, 世界 👋"}',
      'event: text\nid: 3\ndata: ',
      'event: text\nid: row 4\ndata: last',
      'event: sse.bye\ndata: {"reason":"complete"}',
    ])
  })

  it('prints each event of a channel before there is another, and ends well when the channel is over', async () => {
    const { origin, change, followed, hub } = await startTidewire()
    const { printed, ended } = runCurl(origin + CHANNELS)
    await followed()
    for (const n of [1, 2, 3]) {
      await change(1)
      await vi.waitFor(() => expect(printed()).toContain(`event: changed\nid: ${epoch(printed())}.${n}\n`), PATIENCE)
    }
    await hub.to('orders/42').send('delivered', { n: 4 })
    expect(await ended).toBe(0)
    expect(events(printed()).at(-1)).toBe('event: sse.bye\ndata: {"reason":"complete"}')
  })

  it('says by its status that the connection was lost, and goes on from the ID that it is given', async () => {
    const { origin, change, followed, cutBehind, hub } = await startTidewire()
    const first = runCurl(origin + CHANNELS)
    await followed()
    await change(2)
    const lost = cutBehind('"n":3}\n\n')
    await change(1)
    await lost
    expect(await first.ended).toBe(18)
    await followed(0)
    await change(2)
    const last =
      first
        .printed()
        .match(/^id: .+\.3$/m)?.[0]
        .slice(4) ?? ''
    const second = runCurl(origin + CHANNELS, '-H', `Last-Event-ID: ${last}`)
    await followed()
    await change(1)
    await hub.to('orders/42').send('delivered', { n: 7 })
    expect(await second.ended).toBe(0)
    expect(payloads(first.printed() + second.printed())).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `{"n":${n}}`))
    expect(events(second.printed())[0]).toContain('"orders/42":"resumed"')
  })

  it('is told of a refusal by a status', async () => {
    const { origin } = await startTidewire()
    const { printed, ended } = runCurl(`${origin}/_sse?channel=secret`, '-o', '/dev/null', '-w', '%{http_code}')
    expect(await ended).toBe(0)
    expect(printed()).toBe('403')
  })
})

function epoch(text: string): string {
  return /^id: (.+)\.\d+$/m.exec(text)?.[1] ?? ''
}

function payloads(text: string): string[] {
  return [...text.matchAll(/^data: (\{"n":.*)$/gm)].map(([, payload = '']) => payload)
}
