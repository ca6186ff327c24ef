/** One event of the stream. */
export interface Tick {
  n: number
  text: string
}

/** The payload of an event, as text. */
export function payloadOf(n: number): string {
  return JSON.stringify({ n, text: `${n} ${'x'.repeat(60)}` } satisfies Tick)
}

/** An event as it is written. */
export function blockOf(n: number): string {
  return `event: tick\nid: ${n}\ndata: ${payloadOf(n)}\n\n`
}
