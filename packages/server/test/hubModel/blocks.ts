import { parseStrictly } from '../strictParser.ts'

/** What one block of an event stream says. */
export interface Block {
  readonly type: string
  readonly data: string | undefined
  /** Undefined where the block has none. */
  readonly id: string | undefined
  /** Where it ends in the stream, in bytes. */
  readonly end: number
}

/** Cuts a stream of bytes into its blocks. */
export class Blocks {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #end = 0

  add(bytes: Uint8Array): Block[] {
    const blocks = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.map((text) => {
      const { events, lastEventId } = parseStrictly(`${text}\n\n`)
      const [event] = events
      this.#end += Buffer.byteLength(text) + 2
      return {
        type: event?.type ?? '',
        data: event?.data,
        id: lastEventId === '' ? undefined : lastEventId,
        end: this.#end,
      }
    })
  }
}
