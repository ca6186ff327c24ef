import { expect, onTestFinished } from 'vitest'
import { parseStrictly } from '../../packages/server/test/strictParser.ts'
import { readFrames } from '../frameReader.ts'

/** A block of a stream, as a reader takes it. What it does not say is undefined. */
export interface WireFrame {
  event: string | undefined
  /** Its payload, from JSON. */
  data: unknown
  id: string | undefined
  retry: number | undefined
}

/** The first event of a hub's stream. */
export interface WireHello {
  connection: string
  cursor: string
  heartbeat: number
  channels: Record<string, string>
}

/** Reads a stream of a hub, from behind its `sse.hello`. */
export interface WireReader {
  readonly response: Response
  readonly hello: WireHello
  /** The id of `sse.hello`. */
  readonly base: string | undefined
  /** The next block, whatever it is; undefined at the end. */
  frame: () => Promise<WireFrame | undefined>
  /** The next block that is an event; undefined at the end. */
  next: () => Promise<Event | undefined>
  /** The events up to the first of this name, which has to come. */
  until: (name: string) => Promise<Event[]>
  /** All events to the end. */
  rest: () => Promise<Event[]>
  leave: () => Promise<void>
}

interface Event {
  event: string
  data: unknown
  id?: string
}

/** Reads a response up to its `sse.hello`. It is left when the test is over. */
export async function readWire(response: Response): Promise<WireReader> {
  expect(response.status).toBe(200)
  const frames = readFrames(response)
  // One that was cut off cannot be left any more.
  onTestFinished(() => frames.cancel().catch(() => {}))
  const frame = async () => {
    const block = await frames.next()
    return block === undefined ? undefined : parse(block)
  }
  const next = async () => {
    for (let read = await frame(); read; read = await frame()) {
      const { event, data, id } = read
      if (event !== undefined) return { event, data, ...(id !== undefined && { id }) }
    }
    return undefined
  }
  const until = async (name: string) => {
    const events: Event[] = []
    while (events.at(-1)?.event !== name) {
      const event = await next()
      if (!event) throw new Error(`The stream ended before ${name}.`)
      events.push(event)
    }
    return events
  }
  const rest = async () => {
    const events: Event[] = []
    for (let event = await next(); event; event = await next()) events.push(event)
    return events
  }
  const first = await frame()
  expect(first?.event).toBe('sse.hello')
  return { response, hello: first?.data as WireHello, base: first?.id, frame, next, until, rest, leave: frames.cancel }
}

function parse(block: string): WireFrame {
  const { events, lastEventId, retries } = parseStrictly(`${block}\n\n`)
  const [event] = events
  return {
    event: event?.type,
    data: event && (JSON.parse(event.data) as unknown),
    id: lastEventId || undefined,
    retry: retries[0],
  }
}
