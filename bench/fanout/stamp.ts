/** Stands once in every event, and nowhere else in a response: readers count events by it. */
export const MARK = '~'

/** How many digits follow the mark: when the event was published. */
export const DIGITS = 15

/** The time in microseconds, by a clock that the processes of a machine share. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + Math.floor(nanoseconds / 1000)
}

/** What every contender sends. */
export interface Tick {
  n: number
  text: string
}

/** Makes a payload of about `size` bytes as JSON, that says when it was made. */
export function makeTick(n: number, size: number): Tick {
  const stamp = MARK + String(now()).padStart(DIGITS, '0')
  return { n, text: stamp.padEnd(size - 20, 'x') }
}
