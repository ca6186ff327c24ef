/** How lines may end. The last is each in turn: an empty line never ends in LF alone, which after a CR is no ending. */
export const ENDINGS = {
  LF: () => '\n',
  CR: () => '\r',
  CRLF: () => '\r\n',
  mix: (line: string, index: number) => (line ? ['\r\n', '\n', '\r'][index % 3] : ['\r\n', '\r'][index % 2]),
} as const

const LINES = [
  ': é',
  'event: é→😀',
  'id: 1',
  'data: a',
  'data:  b',
  '',
  'retry: 1',
  'id: 2',
  '',
  'data',
  '',
  'data:x',
  '',
]

/** The bytes of a text whose lines end so. */
export function endLines(ending: keyof typeof ENDINGS): Uint8Array {
  return new TextEncoder().encode(LINES.map((line, index) => line + ENDINGS[ending](line, index)).join(''))
}

/** What that text says, if it is said once for each of its bytes. */
export function logOfLines(ending: keyof typeof ENDINGS): string[] {
  return Array.from(endLines(ending), () => ['é→😀:a\n b', 'message:', 'message:x']).flat()
}

/**
 * What a stream says, by its route: on the first connection, the second and so on. Then it is complete. Each connection ends
 * behind its text.
 */
export const texts: Record<string, readonly string[]> = {
  bom: ['\uFEFFdata: 1\n\n'],
  'double-bom': ['\uFEFF\uFEFFdata: 1\n\ndata: \uFEFF2\n\n'],
  'id-only': ['id: a\n\n'],
  'nul-in-id': ['id: a\n\nid: b\0\ndata: 1\n\n'],
  'empty-id': ['id: a\ndata: 1\n\nid:\ndata: 2\n\n'],
  'no-id': ['data: 1\n\n'],
  /** Has an id once, and never again. */
  'id-once': ['id: a\ndata: 1\n\n', 'data: 2\n\n', ''],
  'control-in-id': ['id: a\u0001\ndata: 1\n\n'],
  'long-id': [`id: ${'x'.repeat(1025)}\n\n`],
  'any-id': ['id: é→😀\ndata: 1\n\n'],
  /** Has an id within the event that it ends in. */
  'unfinished-id': ['id: a\ndata: 1\n\nid: b\ndata: 2\n'],
  comments: [': a\n\n:\n\n:b\n: data: 1\n\n'],
  'no-data': ['event: tick\nid: a\n\nretry: 1\n\n\n\n'],
  'bare-data': ['data\n\ndata:\n\ndata\ndata\n\n'],
  'unknown-fields': ['Data: 1\n data: 2\ndatas: 3\nid : 4\nfoo\n\n{"data":5}\n\ndata: 6\n\n'],
  'line-separators': ['data: a\u2028b\u2029c\u0085d\vf\n\n'],
  retry: ['retry: 50\n\n'],
  'retry-huge': ['retry: 99999999999999\n\n'],
  'retry-rubbish': ['retry: 50\n\nretry: -1\n\nretry: 1.5\n\nretry: 1e1\n\nretry: 9x\n\nretry:\n\nretry\n\n'],
  reserved: ['event: sse.other\nid: a\ndata: 1\n\n'],
  'hub-reset': [
    'event: sse.hello\nid: e.5\ndata: {"channels":{"a":"reset"}}\n\nevent: sse.reset\nid: e.6\ndata: {"channels":["a"]}\n\n',
  ],
  'bye-complete': ['data: 1\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\ndata: 2\n\n'],
  'bye-revoked': ['data: 1\n\nevent: sse.bye\ndata: {"reason":"revoked"}\n\ndata: 2\n\n'],
  'bye-disconnected': ['data: 1\n\nevent: sse.bye\ndata: {"reason":"disconnected"}\n\ndata: 2\n\n'],
  'bye-timeout': ['id: a\n\nevent: sse.bye\ndata: {"reason":"timeout"}\n\ndata: 2\n\n'],
  'bye-error': ['id: a\n\nevent: sse.bye\ndata: {"reason":"error","code":"no_tape"}\n\ndata: 2\n\n'],
}
