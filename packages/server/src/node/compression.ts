import * as zlib from 'node:zlib'
import { describeValue } from '../describeValue.ts'
import { expectKnown, type Known } from '../expectKnown.ts'

/** A content coding that an event stream may have. RFC 9110, section 8.4.1; RFC 7932; RFC 8878. */
export type ContentEncoding = 'zstd' | 'gzip' | 'br'

/** Options of compression. */
export interface CompressionOptions {
  /**
   * The encodings to offer; of those that a reader likes equally, the first is taken. `zstd` is left out where the runtime
   * has none: it takes Node 22.15 or 23.8.
   *
   * @default ['zstd', 'gzip', 'br']
   */
  encodings?: readonly ContentEncoding[] | undefined
}

/** How a response is written, whatever its stream. */
export interface ResponseOptions {
  /**
   * Whether the response is compressed for a reader that accepts it, with a flush after each write: an event leaves as
   * soon as it would without. It costs each connection several hundred kilobytes of memory, and may give secrets away
   * where a response also holds what a stranger chose. A response with a `Content-Encoding` is left alone.
   *
   * @default false
   */
  compression?: boolean | CompressionOptions | undefined
}

/** The options of a response that take no others. */
export const RESPONSE_OPTIONS: Known<ResponseOptions> = { compression: true }

const COMPRESSION_OPTIONS: Known<CompressionOptions> = { encodings: true }

// Measured with a flush per event, against gzip: zstd takes three quarters of memory and CPU, a sixth more bytes for small
// events, and half as many for large ones that repeat; brotli takes a third more memory, and as much more for small events.
const ENCODINGS: readonly ContentEncoding[] = ['zstd', 'gzip', 'br']

/** Checks the option and tells what is offered: nothing where it is off. Throws a `TypeError` that names the option. */
export function resolveCompression(compression: unknown = false): readonly ContentEncoding[] {
  if (compression === false) return []
  if (compression !== true && (typeof compression !== 'object' || compression === null)) {
    throw unexpected('compression', 'true, false or an object', compression)
  }
  const given = Object(compression) as { encodings?: unknown }
  expectKnown('the options of `compression`', given, COMPRESSION_OPTIONS)
  const { encodings = ENCODINGS } = given
  if (!Array.isArray(encodings) || encodings.length === 0) {
    throw unexpected('compression.encodings', 'a list of encodings that is not empty', encodings)
  }
  for (const encoding of encodings as unknown[]) {
    if (ENCODINGS.some((known) => known === encoding)) continue
    throw unexpected('compression.encodings', "a list of 'zstd', 'gzip' and 'br'", encoding)
  }
  return (encodings as ContentEncoding[]).filter((encoding) => encoding !== 'zstd' || 'createZstdCompress' in zlib)
}

function unexpected(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}
