import type { ServerResponse } from 'node:http'
import { readHeader } from '../getLastEventId.ts'
import { chooseEncoding } from './chooseEncoding.ts'
import type { ContentEncoding } from './compression.ts'
import type { NodeRequest } from './nodeResponse.ts'

/**
 * Agrees with a reader on one of the encodings that are offered, and says so in the head of the response. One whose route
 * has set an encoding, `identity` included, is left alone.
 */
export function negotiateEncoding(
  request: NodeRequest,
  response: ServerResponse,
  headers: Headers,
  offered: readonly ContentEncoding[],
): ContentEncoding | undefined {
  if (offered.length === 0) return undefined
  if (response.hasHeader('content-encoding') || headers.has('content-encoding')) return undefined
  response.setHeader('Vary', withAcceptEncoding(response.getHeader('vary') ?? headers.get('vary') ?? []))
  const encoding = chooseEncoding(readHeader(request, 'Accept-Encoding'), offered)
  if (encoding) response.setHeader('Content-Encoding', encoding)
  return encoding
}

function withAcceptEncoding(vary: number | string | string[]): string {
  const names = [vary].flat().join(', ')
  if (/(?:^|,)\s*(?:\*|accept-encoding)\s*(?:,|$)/i.test(names)) return names
  return names === '' ? 'Accept-Encoding' : `${names}, Accept-Encoding`
}
