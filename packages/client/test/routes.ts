import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, createGzip } from 'node:zlib'
import { type ENDINGS, endLines, texts } from './texts.ts'

/** What the server has received. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** When it came, in milliseconds of a clock that never goes back. */
  readonly time: number
}

/** Answers one request. `turn` counts those that came to this address before. */
export type Route = (res: ServerResponse, request: ReceivedRequest, turn: number, ...args: string[]) => void

const STREAM = { 'Content-Type': 'text/event-stream' }
const FIRST = 'id: 1\ndata: first\n\n'
const BYE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

/** Connections to be cut. */
const uncut = new Set<ServerResponse>()

/** Sends bytes in packets of their own. */
async function trickle(res: ServerResponse, packets: Iterable<Uint8Array>): Promise<void> {
  for (const packet of packets) {
    await new Promise((resolve) => res.write(packet, resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
  res.end()
}

/** Sends the same for ever, as fast as it is taken. */
function pour(res: ServerResponse, start: string, chunk: string): void {
  res.writeHead(200, STREAM).write(start)
  const fill = () => {
    while (!res.destroyed && res.write(chunk));
  }
  res.on('drain', fill)
  fill()
}

/** Says no more than this, in no proper way. */
const raw =
  (text: string): Route =>
  (res) =>
    res.socket?.write(text)

/** One route per misbehaviour, and some for good behaviour. A path may go on with arguments: `/status/503`. */
export const routes: Record<string, Route> = {
  ...Object.fromEntries(
    Object.entries(texts).map(([name, turns]): [string, Route] => [
      name,
      (res, _, turn) => res.writeHead(200, STREAM).end(turns[turn] ?? BYE),
    ]),
  ),
  /** Is a page of the same origin. */
  '': (res) =>
    res.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,">'),
  /** Behaves: three events and the end. */
  events: (res) => res.writeHead(200, STREAM).end(`${FIRST}event: tick\nid: 2\ndata: {"n":2}\n\ndata: last\n\n${BYE}`),
  /** Sends the request back as the payload of one event. */
  echo: (res, request) => res.writeHead(200, STREAM).end(`data: ${JSON.stringify(request)}\n\n${BYE}`),
  /** Sends the method, the position and the body back. */
  position: (res, { method, headers, body }) => {
    res.writeHead(200, STREAM).end(`data: ${method} ${String(headers['last-event-id'] ?? '')} ${body}\n\n${BYE}`)
  },
  /** Goes on after the given id, one event per connection, and is complete after the third. */
  resume: (res, { headers }) => {
    const next = Number(headers['last-event-id'] ?? 0) + 1
    res.writeHead(200, STREAM).end(`id: ${next}\ndata: ${next}\n\n${next === 3 ? BYE : ''}`)
  },

  /** Has a head, and nothing after it. */
  stalled: (res) => res.writeHead(200, STREAM).flushHeaders(),
  /** Has an event, and nothing after it. */
  'stalled-later': (res) => res.writeHead(200, STREAM).write(FIRST),
  /** Promises a heartbeat, and has none. */
  'stalled-hub': (res) => res.writeHead(200, STREAM).write(`event: sse.hello\nid: e.1\ndata: {"heartbeat":25}\n\n`),
  /** Has no head. */
  mute: () => {},
  'half-head': raw('HTTP/1.1 200 OK\r\nContent-Type: text/event-st'),
  'no-http': raw('data: 1\n\n\r\n\r\n'),
  /** Cuts the connection before it says anything. */
  reset: (res) => res.destroy(),
  /** Ends as soon as it has begun. */
  closes: (res) => res.writeHead(200, STREAM).end(),

  /** Is no stream, and has a body without an end. */
  status: (res, _, __, code) => res.writeHead(Number(code), { 'Content-Type': 'text/html' }).write('<p>data: no\n\n'),
  /** Has no body at all. */
  empty: (res, _, __, code) => res.writeHead(Number(code)).end(),
  /** Has a stream of another type, without an end. */
  type: (res, _, __, type) => res.writeHead(200, type ? { 'Content-Type': type } : {}).write(FIRST),
  /** Has an event stream under a status that means something else. */
  oddly: (res, _, __, code) => res.writeHead(Number(code), STREAM).write(FIRST),
  /** Asks for time once: in seconds, by a date, or in no way that anybody knows. */
  busy: (res, _, turn, code, wait = '') => {
    const date = () => new Date(Date.now() + 7000).toUTCString()
    if (turn > 0) res.writeHead(200, STREAM).end(`data: ready\n\n${BYE}`)
    else res.writeHead(Number(code), { 'Retry-After': wait === 'date' ? date() : wait }).end()
  },
  /** Is for other origins, and says so of the header that resumes where it is asked to. */
  cors: (res, { method, headers }, _, isStrict) => {
    const allowed = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': isStrict ? '' : 'Last-Event-ID',
    }
    if (method === 'OPTIONS') res.writeHead(204, allowed).end()
    else res.writeHead(200, { ...STREAM, ...allowed }).end(headers['last-event-id'] ? BYE : FIRST)
  },
  redirect: (res, _, __, code) => res.writeHead(Number(code), { Location: '/position' }).end(),
  loop: (res) => res.writeHead(302, { Location: '/loop' }).end(),

  /** Ends in the middle of the second event, as a chunked body should. */
  'cut-clean': (res) => res.writeHead(200, STREAM).end(`${FIRST}id: 2\ndata: sec`),
  /** Ends in the middle of the second event, without a last chunk, when it is told to. */
  'cut-socket': (res) => {
    res.writeHead(200, STREAM).write(`${FIRST}id: 2\ndata: sec`)
    uncut.add(res)
  },
  /** Ends before the length that it has promised, when it is told to. */
  'cut-length': (res) => {
    res.writeHead(200, { ...STREAM, 'Content-Length': 1000 }).write(`${FIRST}id: 2\ndata: sec`)
    uncut.add(res)
  },
  /** Tells those two. */
  cut: (res) => {
    for (const one of uncut) one.destroy()
    uncut.clear()
    res.writeHead(204).end()
  },
  /** Ends in the middle of a character. */
  'cut-character': (res) => {
    res.writeHead(200, STREAM)
    res.end(Buffer.concat([Buffer.from(`${FIRST}data: `), Buffer.from('😀').subarray(0, 2)]))
  },
  /** Cuts the same lines in two at every byte, one time after the other. */
  lines: (res, _, __, ending) => {
    const bytes = endLines(ending as keyof typeof ENDINGS)
    const packets = Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]).flat()
    res.writeHead(200, STREAM)
    void trickle(res, [...packets.filter(({ length }) => length > 0), Buffer.from(BYE)])
  },
  /** Breaks a line, and a character, wherever a packet may end. */
  trickle: (res) => {
    res.writeHead(200, STREAM)
    void trickle(
      res,
      Array.from(Buffer.from(`data: é→😀\r\n\r\n${BYE}`), (byte) => Uint8Array.of(byte)),
    )
  },
  /** Is compressed, and each event is to be had before the end. */
  gzip: (res) => {
    const gzip = createGzip()
    gzip.pipe(res.writeHead(200, { ...STREAM, 'Content-Encoding': 'gzip' }))
    gzip.write(FIRST)
    gzip.flush(constants.Z_SYNC_FLUSH)
    res.once('close', () => gzip.destroy())
  },
  /** Has text that is no UTF-8: half a character, and half of a surrogate pair. */
  'no-text': (res, _, turn) => {
    if (turn > 0) return res.writeHead(200, STREAM).end(BYE)
    const surrogate = Uint8Array.of(0xed, 0xa0, 0x80)
    res.writeHead(200, STREAM)
    return res.end(
      Buffer.concat([
        Buffer.from('id: a'),
        surrogate,
        Buffer.from('\ndata: '),
        Uint8Array.of(0xff, 0xc3),
        Buffer.from('\n\n'),
      ]),
    )
  },

  /** Has a line without an end. */
  endless: (res) => pour(res, `${FIRST}data: `, 'x'.repeat(16_384)),
  /** Has an event without an end, of tiny lines. */
  'endless-event': (res) => pour(res, FIRST, 'data:\n'.repeat(4096)),
  /** Says nothing for ten million characters. */
  'long-comment': (res) => res.writeHead(200, STREAM).end(`${FIRST}: ${'x'.repeat(10_000_000)}\ndata: last\n\n${BYE}`),
  /** Has an event of a million tiny lines, and one behind it. */
  'million-lines': (res) => res.writeHead(200, STREAM).end(`${'data:\n'.repeat(1_000_000)}\ndata: 2\n\n${BYE}`),
  /** Has one event of 200,000 characters between two others. */
  large: (res) => res.writeHead(200, STREAM).end(`${FIRST}id: 2\ndata: ${'x'.repeat(200_000)}\n\ndata: last\n\n${BYE}`),
}
