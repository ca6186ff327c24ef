import type { Failure } from './contract.ts'

/**
 * Makes a request, and reads the JSON that answers it; undefined where there is none. Throws the server's failure with its
 * code, or an error without one where there is no answer.
 */
export async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  if (response.status === 204) return undefined as T
  if (response.ok) return (await response.json()) as T
  // Who answers may be a proxy, which knows nothing of our failures.
  const body = (await response.json().catch(() => ({}))) as Partial<Failure> | null
  const { code = 'http', message = `The server answered ${response.status}.` } = body ?? {}
  throw Object.assign(new Error(message), { code })
}

interface AskOptions extends RequestInit {
  headers?: Record<string, string>
}

/** Makes a request with JSON, a POST unless `init` says otherwise, as {@link ask} does. */
export function askWith<T>(url: string, body: unknown, init?: AskOptions): Promise<T> {
  const headers = { 'Content-Type': 'application/json', ...init?.headers }
  return ask<T>(url, { method: 'POST', ...init, headers, body: JSON.stringify(body) })
}

/** Says what went wrong with a request, for a person. */
export function problemOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? error.message : 'The server cannot be reached.'
}
