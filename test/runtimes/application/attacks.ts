/** A text from a stranger, and where it is refused. Everywhere else it has to arrive as it is. */
export interface Attack {
  readonly text: string
  readonly refused: readonly string[]
}

/** The fields of an event that a text is tried in. */
export const FIELDS = ['event', 'id', 'retry', 'data', 'comment'] as const

/** What has let strangers write events of their own into the streams of others. */
export const attacks: readonly Attack[] = [
  { text: 'a\ndata: injected', refused: ['event', 'id'] },
  { text: 'a\rdata: injected', refused: ['event', 'id'] },
  { text: 'a\r\ndata: injected', refused: ['event', 'id'] },
  { text: 'a\n\nevent: injected\ndata: injected\n\n', refused: ['event', 'id'] },
  { text: 'a\r\revent: injected\rdata: injected\r\r', refused: ['event', 'id'] },
  { text: '1000\nid: injected', refused: ['event', 'id'] },
  { text: '\n', refused: ['event', 'id'] },
  { text: '\r', refused: ['event', 'id'] },
  { text: 'a\0b', refused: ['event', 'id'] },
  { text: 'a\vb\fc\u0085d', refused: ['id'] },
  { text: 'a\u2028data: b\u2029data: c', refused: [] },
  { text: '\ufeffdata: a', refused: [] },
  { text: ': a', refused: [] },
  { text: ' a', refused: ['id'] },
  { text: 'a\ud800', refused: [] },
  { text: 'sse.bye', refused: ['event'] },
  { text: '', refused: ['event'] },
]
