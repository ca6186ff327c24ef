import { expect, onTestFinished } from 'vitest'
import { type Contract, createSSEHub, type SSEHub, type SSEHubOptions } from '../src/index.ts'
import { collectErrors } from './collectErrors.ts'

/** An event as a hub sends it. */
export interface HubEvent {
  event: string
  data: unknown
  id?: string
}

/** Reads the events of a hub's response. */
export interface HubReader {
  readonly response: Response
  /** The next event, comments and bare ids left out; undefined at the end. */
  next(): Promise<HubEvent | undefined>
  /** All that is left, to the end. */
  rest(): Promise<HubEvent[]>
  /** Everything that was read, as it came. */
  text(): string
  leave(): Promise<void>
}

/** What serves a hub, `hub.fetch` or a server. */
export type Fetch = (request: Request) => Promise<Response>

/** Makes a hub that is closed with the test, and that lets every channel of these patterns be read. */
export function useHub<Context = undefined>(
  options: SSEHubOptions<Contract, Context> = {},
  ...patterns: string[]
): { hub: SSEHub<Contract, Context>; errors: [stage: string, error: Error & { code?: string }][] } {
  const { errors, onError } = collectErrors()
  const hub = createSSEHub<Contract, Context>({ onError: onError as never, ...options })
  for (const pattern of patterns) hub.channel(pattern)
  onTestFinished(() => hub.close())
  return { hub, errors }
}

/** Makes a `context` that throws a response. */
export function throwing(make: () => Response): () => Promise<never> {
  return () => {
    const response: unknown = make()
    return Promise.reject(response)
  }
}

/** The address of a hub, with this query. */
export function at(query = ''): string {
  return `http://a/_sse${query}`
}

/** Sends a GET to a hub. */
export function get(hub: { fetch: Fetch }, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return hub.fetch(new Request(at(query), { headers }))
}

/** Sends a change of a connection's set. */
export function post(hub: { fetch: Fetch }, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return hub.fetch(
    new Request(at(), {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    }),
  )
}

/** Opens a stream of a hub. */
export async function open(
  hub: { fetch: Fetch },
  query: string,
  headers: Record<string, string> = {},
): Promise<HubReader> {
  return readHub(await get(hub, query, headers))
}

/** Opens a stream of a hub, and reads its `sse.hello`. */
export async function join(
  hub: { fetch: Fetch },
  query: string,
  headers: Record<string, string> = {},
): Promise<HubReader & { hello: { connection: string; channels: Record<string, string> } & Record<string, unknown> }> {
  const reader = await open(hub, query, headers)
  const hello = await reader.next()
  expect(hello?.event).toBe('sse.hello')
  return { ...reader, hello: hello?.data as never }
}

/** Reads a response. It is left when the test is over. */
export function readHub(response: Response): HubReader {
  expect(response.status).toBe(200)
  const body = response.body?.getReader()
  const decoder = new TextDecoder()
  let all = ''
  let text = ''
  onTestFinished(() => body?.cancel().catch(() => {}))
  const next = async (): Promise<HubEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const event = parse(text.slice(0, end))
        text = text.slice(end + 2)
        if (event) return event
        continue
      }
      const chunk = await body?.read()
      if (!chunk || chunk.done) return undefined
      const more = decoder.decode(chunk.value, { stream: true })
      all += more
      text += more
    }
  }
  const rest = async () => {
    const events: HubEvent[] = []
    for (let event = await next(); event; event = await next()) events.push(event)
    return events
  }
  return { response, next, rest, text: () => all, leave: async () => body?.cancel() }
}

function parse(block: string): HubEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const data = fields.get('data')
  if (data === undefined) return undefined
  const id = fields.get('id')
  return { event: fields.get('event') ?? 'message', data: JSON.parse(data), ...(id !== undefined && { id }) }
}
