import { describe, expect, it, vi } from 'vitest'
import { createSSEHub, type SSEHubOptions } from '../index.ts'
import { at, get, post, throwing, useHub } from '../../test/hubReader.ts'

const ALLOWED = 'https://app.example.com'

/** The CORS headers of what is answered to a page of this origin, for a stream. */
async function ask(cors: SSEHubOptions['cors'], origin: string | undefined, channel = 'news') {
  const { hub } = useHub({ cors }, 'news')
  const response = await get(hub, `?channel=${channel}`, origin === undefined ? {} : { origin })
  await response.body?.cancel()
  return corsOf(response)
}

function corsOf({ headers }: Response) {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-') || name === 'vary'))
}

const GRANTED = {
  'access-control-allow-origin': ALLOWED,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'Retry-After',
  vary: 'Origin',
}

it('lets no page of another origin read unless told so', async () => {
  expect(await ask(undefined, ALLOWED)).toEqual({})
  expect(await ask([], ALLOWED)).toEqual({})
})

it('lets the pages of one origin, or of several, read with credentials', async () => {
  expect(await ask(ALLOWED, ALLOWED)).toEqual(GRANTED)
  const other = 'http://localhost:3000'
  expect(await ask([ALLOWED, other], other)).toEqual({ ...GRANTED, 'access-control-allow-origin': other })
})

it.for([
  undefined,
  'null',
  'https://evil.example',
  'http://app.example.com',
  `${ALLOWED}.evil.example`,
  `${ALLOWED}:444`,
])('lets a page of %s not read, and no cache take the answer for that to another', async (origin) => {
  expect(await ask(ALLOWED, origin)).toEqual({ vary: 'Origin' })
})

it("lets any page read by '*', without credentials", async () => {
  const any = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Retry-After' }
  expect(await ask('*', 'https://evil.example')).toEqual(any)
  expect(await ask('*', undefined)).toEqual(any)
})

it('lets a refusal be read, too', async () => {
  expect(await ask(ALLOWED, ALLOWED, 'none')).toEqual(GRANTED)
  expect(await ask(ALLOWED, ALLOWED, '')).toEqual(GRANTED)
})

it('adds to the `Vary` of a response that `context` throws', async () => {
  const refusal = () => new Response(null, { status: 401, headers: { vary: 'Cookie' } })
  const { hub } = useHub({ cors: ALLOWED, context: throwing(refusal) })
  const response = await get(hub, '?channel=a', { origin: ALLOWED })
  expect(corsOf(response)).toEqual({ ...GRANTED, vary: 'Cookie, Origin' })
})

describe('a preflight', () => {
  const preflight = async (cors: SSEHubOptions['cors'], origin: string) => {
    const { hub } = useHub({ cors, context: () => Promise.reject(new Error('not asked')) })
    return hub.fetch(
      new Request(at(), {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,last-event-id,x-token',
        },
      }),
    )
  }

  it('is granted to an origin that may read, with the headers it asks for', async () => {
    const response = await preflight(ALLOWED, ALLOWED)
    expect(response.status).toBe(204)
    expect(corsOf(response)).toMatchObject({
      'access-control-allow-origin': ALLOWED,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type,last-event-id,x-token',
      'access-control-max-age': '600',
    })
  })

  it('grants nothing to another', async () => {
    const response = await preflight(ALLOWED, 'https://evil.example')
    expect(response.status).toBe(204)
    expect(corsOf(response)).toEqual({ vary: 'Origin' })
    expect(corsOf(await preflight(undefined, ALLOWED))).toEqual({})
  })
})

describe('a change of a set', () => {
  const change = { connection: 'a', rev: 1, channels: {} }
  /** The status of the answer; 404 is that of a change which was looked at. */
  const statusOf = async (cors: SSEHubOptions['cors'], headers: Record<string, string>) => {
    const context = vi.fn()
    const { hub } = useHub({ cors, context }, 'news')
    const { status } = await post(hub, change, headers)
    expect(context).toHaveBeenCalledTimes(status === 403 ? 0 : 1)
    return status
  }

  it.for<Record<string, string>>([
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://b.a' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://a' },
    { origin: 'https://evil.example' },
    { origin: 'http://a:81' },
    { origin: 'null' },
  ])('is refused a page of another origin that was not given leave: %o', async (headers) => {
    expect(await statusOf(undefined, headers)).toBe(403)
    expect(await statusOf(ALLOWED, headers)).toBe(403)
  })

  it.for<Record<string, string>>([
    {},
    { origin: 'http://a' },
    { origin: 'https://a' },
    { 'sec-fetch-site': 'same-origin', origin: 'https://public.example' },
    { 'sec-fetch-site': 'none' },
  ])('is taken from a page of its own, and from what is no page: %o', async (headers) => {
    expect(await statusOf(undefined, headers)).toBe(404)
  })

  it('is taken from a page of another origin that may read', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: ALLOWED }
    expect(await statusOf(ALLOWED, headers)).toBe(404)
    expect(await statusOf('*', headers)).toBe(404)
    expect(await statusOf('*', { origin: 'https://other.example' })).toBe(404)
  })

  it('is no business of a form, whose content types need no leave', async () => {
    const { hub } = useHub({ cors: '*' }, 'news')
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a']) {
      expect((await post(hub, change, { 'content-type': type })).status).toBe(415)
    }
  })
})

it.for([
  '',
  'app.example.com',
  `${ALLOWED}/`,
  `${ALLOWED}/app`,
  'https://*.example.com',
  'HTTPS://APP.example.com',
  'null',
  'file:///a',
  ['*', ALLOWED],
  [ALLOWED, undefined],
  [undefined],
  [/./],
  true,
  5,
  null,
  { origin: ALLOWED },
])('refuses %s for a list of origins', (cors) => {
  expect(() => createSSEHub({ cors: cors as never })).toThrow(/^Expected `cors` to be .* got /)
})
