import type { ServerResponse } from 'node:http'
import * as zlib from 'node:zlib'
import type { ContentEncoding } from './compression.ts'
import { cutOff } from './nodeResponse.ts'

/** Compresses what it is given, with a flush after each write: what was written decodes without what follows. */
export type Compressor = zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress

const { constants } = zlib

// What each costs a connection is in docs/compression.md. A window has to hold the last large event, since that is what the
// next one repeats; beyond that it only costs memory.
const create: Record<ContentEncoding, () => Compressor> = {
  // Smaller tables than the level's own: a third of the memory, for as many bytes of small events.
  zstd: () =>
    zlib.createZstdCompress({
      flush: constants.ZSTD_e_flush,
      params: {
        [constants.ZSTD_c_compressionLevel]: 3,
        [constants.ZSTD_c_windowLog]: 17,
        [constants.ZSTD_c_hashLog]: 13,
        [constants.ZSTD_c_chainLog]: 13,
      },
    }),
  // The default window, of 32 kB. A lower `memLevel` saves nothing in node's build of zlib.
  gzip: () => zlib.createGzip({ flush: constants.Z_SYNC_FLUSH }),
  // From quality 4 on, half as much memory again or more, for a few bytes less.
  br: () =>
    zlib.createBrotliCompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: 3,
        [constants.BROTLI_PARAM_LGWIN]: 16,
      },
    }),
}

/** Opens a compressor that writes to a response, ends it when it is ended, and closes with it. */
export function openCompressor(encoding: ContentEncoding, response: ServerResponse): Compressor {
  const compressor = create[encoding]()
  compressor.on('error', () => cutOff(response))
  // What it holds lies outside of the heap, and nobody else lets it go.
  response.once('close', () => compressor.destroy())
  compressor.pipe(response)
  return compressor
}

/** Cuts a response off once its compressor has handed on what it was given. Resolves when it is over. */
export async function cutOffFlushed(compressor: Compressor, response: ServerResponse): Promise<void> {
  // A reader that takes nothing would never let it hand that on.
  if (response.writableNeedDrain) return cutOff(response)
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  // A turn each time: node writes what it was given in this one after it.
  const settle = () => {
    if (response.writableNeedDrain) response.once('drain', () => setImmediate(settle))
    else cutOff(response)
  }
  compressor.flush(() => setImmediate(settle))
  await closed
}
