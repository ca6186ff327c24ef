/** What every contender sends: about 100 bytes as JSON. */
export interface Tick {
  n: number
  text: string
}

const text = 'x'.repeat(80)

export function tick(n: number): Tick {
  return { n, text }
}
