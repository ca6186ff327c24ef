/** What a block of an event stream says. HTML Standard, section 9.2.5. */
export interface Block {
  readonly event?: string | undefined
  readonly data?: string | undefined
  readonly id?: string | undefined
  readonly retry?: number | undefined
  readonly comment?: string | undefined
}

/** Writes a block as a server does. Throws a `TypeError` for a field that cannot be sent. */
export function formatBlock({ event, data, id, retry, comment }: Block): string {
  if (retry !== undefined && !/^\d+$/.test(String(retry))) {
    throw new TypeError(`Expected \`retry\` to be a whole number of milliseconds, got ${retry}.`)
  }
  const lines = [
    ...linesOf('', comment),
    ...line('event', event),
    ...line('id', id),
    ...line('retry', retry),
    ...linesOf('data', data),
  ]
  return `${lines.join('\n')}\n\n`
}

/** Writes a payload as PROTOCOL.md, 2.3, says: text as it is, everything else as JSON. */
export function formatPayload(data: unknown): string {
  return typeof data === 'string' ? data : formatJSON(data)
}

/** Writes a payload as JSON. Throws a `TypeError` for what is none. */
export function formatJSON(data: unknown): string {
  const json = JSON.stringify(data) as string | undefined
  if (json === undefined) throw new TypeError(`Expected \`data\` to be text or JSON, got ${typeof data}.`)
  return json
}

function line(name: string, value: string | number | undefined): string[] {
  if (value === undefined) return []
  if (/[\r\n\0]/.test(String(value)))
    throw new TypeError(`Expected \`${name}\` to be one line, got ${JSON.stringify(value)}.`)
  return [`${name}: ${value}`]
}

function linesOf(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : value.split(/\r\n|\r|\n/).map((text) => `${name}: ${text}`)
}
