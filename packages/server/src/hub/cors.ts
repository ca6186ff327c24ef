import { describeValue } from '../describeValue.ts'

const VARY = { vary: 'Origin' }

/** A reader that is refused for now has to know for how long. */
const EXPOSED = { 'access-control-expose-headers': 'Retry-After' }

/** Makes the headers that let a page of another origin read a response. Fetch Standard, section 3.3. */
export type CORSHeaders = (request: Request) => Record<string, string>

/** Checks the option `cors`. Throws a `TypeError` for what is no origin. */
export function resolveCORS(cors: string | readonly string[] | undefined): CORSHeaders {
  const list: unknown = typeof cors === 'string' ? [cors] : (cors ?? [])
  if (!Array.isArray(list) || cors === null) throw unfit(cors)
  if (list.length === 0) return () => ({})
  if (list.length === 1 && list[0] === '*') return () => ({ ...EXPOSED, 'access-control-allow-origin': '*' })
  const wrong: unknown = [...(list as unknown[])].find((origin) => !isOrigin(origin))
  if (wrong !== undefined || list.includes(undefined)) throw unfit(wrong)
  const origins = new Set(list as string[])
  return (request) => {
    const origin = request.headers.get('origin')
    if (origin === null || !origins.has(origin)) return VARY
    const granted = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
    return { ...VARY, ...EXPOSED, ...granted }
  }
}

/** Adds them to the headers of a response, which may vary for reasons of its own. */
export function addCORS(headers: Headers, cors: Record<string, string>): void {
  for (const [name, value] of Object.entries(cors)) {
    if (name === 'vary') headers.append(name, value)
    else headers.set(name, value)
  }
}

/**
 * Tells whether a request was made by a page that may not make it: one of another origin, that these headers do not let read. A
 * browser sends no JSON for it unasked; this holds without that, too.
 */
export function isForged(request: Request, cors: Record<string, string>): boolean {
  if ('access-control-allow-origin' in cors) return false
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  // Of an older browser, or a page without https. Others than browsers send none.
  const origin = request.headers.get('origin')
  // By the host alone: the https may be a proxy's.
  return origin !== null && URL.parse(origin)?.host !== new URL(request.url).host
}

/** Answers the question of a browser whether a request may be made. */
export function answerPreflight(request: Request, cors: Record<string, string>): Response {
  const isAllowed = 'access-control-allow-origin' in cors
  return new Response(null, {
    status: 204,
    ...(isAllowed && {
      headers: {
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '',
        'access-control-max-age': '600',
      },
    }),
  })
}

function isOrigin(origin: unknown): boolean {
  // A host may hold a `*`, as far as URLs go; it would mean no page.
  return typeof origin === 'string' && !origin.includes('*') && URL.parse(origin)?.origin === origin
}

function unfit(cors: unknown): TypeError {
  const expected = "origins such as 'https://example.com', or '*' alone"
  return new TypeError(`Expected \`cors\` to be ${expected}, got ${describeValue(cors)}.`)
}
