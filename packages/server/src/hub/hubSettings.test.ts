import { expect, it, onTestFinished, vi } from 'vitest'
import { createSSEHub, SSEError } from '../index.ts'
import { resolveHubSettings } from './hubSettings.ts'

it.for<[string, unknown]>([
  ['options', null],
  ['options', 'a'],
  ['channels', 5],
  ['channels', null],
  ['context', {}],
  ['identify', 'sub'],
  ['expiresAt', 1],
  ['address', '::1'],
  ['onError', console],
  ['path', ''],
  ['path', '_sse'],
  ['path', true],
  ['path', '/_sse?a'],
  ['path', '/_sse#a'],
  ['path', 'http://a/_sse'],
  ['heartbeat', 0],
  ['heartbeat', -1],
  ['heartbeat', Number.NaN],
  ['heartbeat', Infinity],
  ['heartbeat', '30s'],
  ['heartbeat', false],
  ['revalidate', 1],
  ['log', {}],
  ['log', null],
  ['limits', null],
  ['limits', 5],
  ['limits', { toString: 5 }],
  ['limits', { maxConnection: 5 }],
  ['limits.maxConnections', { maxConnections: 0 }],
  ['limits.maxChannels', { maxChannels: -1 }],
  ['limits.maxBufferSize', { maxBufferSize: '1mb' }],
  ['limits.maxEventSize', { maxEventSize: Number.NaN }],
])('refuses `%s` of %o', ([option, value]) => {
  const name = option.split('.')[0] ?? ''
  const options = name === 'options' ? value : { [name]: value }
  expect(() => createSSEHub(options as never)).toThrow(TypeError)
  expect(() => createSSEHub(options as never)).toThrow(`Expected \`${option}\` to be `)
})

it('refuses what is no option, and names those that there are', () => {
  const options = { pth: '/events' }
  expect(() => createSSEHub(options as never)).toThrow(TypeError)
  expect(() => createSSEHub(options as never)).toThrow(
    /^Expected the options of a hub to be among channels, context, .*, got "pth"\.$/,
  )
})

it('takes `undefined` for what was not given', () => {
  const undefinedLimits = { maxConnections: undefined, maxChannels: undefined }
  const settings = resolveHubSettings({ path: undefined, heartbeat: undefined, limits: undefined, cors: undefined })
  expect(settings).toMatchObject({ path: '/_sse', heartbeat: 30_000, revalidate: true })
  expect(resolveHubSettings({ limits: undefinedLimits }).limits).toEqual(settings.limits)
})

it('spells a path as a request does', () => {
  expect(resolveHubSettings({ path: '/é/ä b' }).path).toBe('/%C3%A9/%C3%A4%20b')
  expect(resolveHubSettings({ path: '//a' }).path).toBe('//a')
})

it('takes a time without an end for the longest that a timer has', () => {
  expect(resolveHubSettings({ limits: { authorizeTimeout: Infinity } }).limits.authorizeTimeout).toBe(2 ** 31 - 1)
})

it('prints failures, but no readers that are too slow: nobody is to mend anything', () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => print.mockRestore())
  const { onError } = resolveHubSettings({})
  onError(new SSEError('overflow', 'slow'), { stage: 'overflow' })
  expect(print).not.toHaveBeenCalled()
  const failure = new SSEError('log', 'failed')
  onError(failure, { stage: 'log' })
  expect(print).toHaveBeenCalledExactlyOnceWith(failure)
})
