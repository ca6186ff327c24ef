import { createSSEClient } from '@tidewire/client'
import { createSSEHub } from '@tidewire/server'

/** A row of the table that is followed. */
export interface Row {
  readonly id: number
  readonly name: string
  readonly status: string
  readonly total: number
  readonly updatedAt: string
}

/** A row after so many changes of the table. */
export function rowOf(id: number, total: number): Row {
  return { id, name: `Order ${id}`, status: 'open', total, updatedAt: '2026-01-01T00:00:00.000Z' }
}

/** What a hub has sent to a client that follows a channel. */
export interface Recording {
  /** Where the channel was before the first event. */
  readonly cursor: string
  /** What answers a request for the stream. */
  readonly hello: readonly Uint8Array[]
  /** What brings the events, so many at a time. */
  readonly parts: readonly (readonly Uint8Array[])[]
}

/** Publishes rows on a real hub, a part at a time, and keeps the bytes that a client gets: what is measured is the page alone. */
export async function record(rows: readonly Row[], size: number): Promise<Recording> {
  const hub = createSSEHub()
  hub.channel('rows')
  const { cursor } = await hub.snapshot('rows', () => null)
  let chunks: Uint8Array[] = []
  const take = () => chunks.splice(0)
  const client = createSSEClient({
    url: 'http://bench.test/_sse',
    async fetch(input, init) {
      const response = await hub.fetch(new Request(input, init))
      const tap = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          chunks.push(chunk)
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body?.pipeThrough(tap), response)
    },
  })
  let seen = 0
  let onSeen = () => {}
  const subscription = client.subscribe('rows', {
    onEvent() {
      seen++
      onSeen()
    },
  })
  await subscription.opened
  const hello = take()
  const parts: Uint8Array[][] = []
  for (let at = 0; at < rows.length; at += size) {
    const end = Math.min(at + size, rows.length)
    const arrived = new Promise<void>((resolve) => {
      onSeen = () => seen === end && resolve()
    })
    for (const row of rows.slice(at, end)) void hub.to('rows').send('updated', row)
    await arrived
    parts.push(take())
  }
  client.close()
  await hub.close()
  return { cursor, hello, parts }
}

/** A `fetch` that plays the stream of a recording, for one request, and what brings the next part of it. */
export function replay({ hello, parts }: Recording): { fetch: typeof fetch; next: () => void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let at = 0
  return {
    fetch() {
      const body = new ReadableStream<Uint8Array>({
        start(stream) {
          controller = stream
          for (const chunk of hello) stream.enqueue(chunk)
        },
      })
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
    },
    next() {
      for (const chunk of parts[at++] ?? []) controller?.enqueue(chunk)
    },
  }
}
