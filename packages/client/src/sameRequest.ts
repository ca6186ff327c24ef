import type { RequestOptions } from './options.ts'
import { isData, methodOf } from './request.ts'
import { type AnyOptions, isWanted, type StreamURL } from './stream.ts'

/** What a stream was made for. */
export interface Purpose {
  url: StreamURL
  options: AnyOptions & { linger?: number | undefined; suspense?: boolean | undefined }
}

/** Whether two purposes are about the same events, so that a position among the one is a position among the other. */
export function isSameContent(a: Purpose, b: Purpose): boolean {
  if (String(a.url || '') !== String(b.url || '')) return false
  return (
    a.options === b.options ||
    (methodOf(a.options) === methodOf(b.options) && bodyKey(a.options) === bodyKey(b.options))
  )
}

/**
 * Whether one connection serves two purposes. Headers are not compared, nor functions: they are read anew for every
 * attempt, so that a renewed token costs no reconnection.
 */
export function isSameRequest(a: Purpose, b: Purpose): boolean {
  return (
    isWanted(a.url, a.options) === isWanted(b.url, b.options) &&
    a.options.credentials === b.options.credentials &&
    isSameContent(a, b)
  )
}

// A body whose content cannot be read at once, such as a form or a file, is told apart by its kind: a component makes a
// new one each time that it renders.
function bodyKey({ body }: RequestOptions): string {
  try {
    if (body instanceof URLSearchParams) return String(body)
    if (typeof body === 'string' || isData(body)) return JSON.stringify(body)
  } catch {
    // The request will say what is wrong with it.
  }
  return {}.toString.call(body)
}
