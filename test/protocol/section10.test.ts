import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(10)

const anything = { ':a': undefined }

sentence('10.1', 'The server SHOULD ask again for each channel while a response lasts.', async () => {
  const asked = { a: 0, b: 0 }
  const channels = { a: () => ++asked.a > 0, b: { resolve: () => ++asked.b } }
  const { follow } = await serveChannels(channels, { heartbeat: 10 })
  await follow('channel=a&channel=b')
  await expect.poll(() => Math.min(asked.a, asked.b)).toBeGreaterThan(3)
})

sentence(
  '10.1',
  'A channel that is no longer allowed is told by `sse.revoked` `{ "channels": [<name>, …] }`; nothing more of it follows,',
  async () => {
    let isAllowed = true
    const { hub, follow } = await serveChannels({ news: undefined, secret: () => isAllowed }, { heartbeat: 10 })
    const { next } = await follow('v=1&channel=news&channel=secret')
    isAllowed = false
    expect(await next()).toEqual({ event: 'sse.revoked', data: { channels: ['secret'] } })
    await hub.to('secret', 'news').data(1)
    expect(await next()).toMatchObject({ event: 'news#message' })
  },
)

untested('10.1', 'what a reader does', 'and its position is void: allowed again, it is fresh.')

sentence('10.1', "A plain reader's response ends, with `sse.bye` `revoked`.", async () => {
  let isAllowed = true
  const { follow } = await serveChannels({ news: undefined, secret: () => isAllowed }, { heartbeat: 10 })
  const { rest } = await follow('channel=news&channel=secret')
  isAllowed = false
  expect(await rest()).toEqual([{ event: 'sse.bye', data: { reason: 'revoked' } }])
})

sentence(
  '10.2',
  'On a hub, `sse.bye` has these reasons too: `revoked` and `disconnected`: do not come back;',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const revoked = await follow('channel=a')
    const disconnected = await follow('v=1&channel=b')
    hub.revoke('a')
    hub.disconnect({ id: disconnected.hello.connection })
    expect(await revoked.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'revoked' } }])
    expect(await disconnected.rest()).toEqual([{ event: 'sse.bye', data: { reason: 'disconnected' } }])
  },
)

sentence('10.2', '`expired`: come back with new credentials;', async () => {
  let lifetime = 50
  const { follow, ask } = await serveChannels(anything, { expiresAt: () => Date.now() + lifetime, heartbeat: 10 })
  const { rest } = await follow('channel=news')
  expect(await rest()).toEqual([{ event: 'sse.bye', data: { reason: 'expired' } }])
  lifetime = 0
  expect((await ask('channel=news')).status).toBe(401)
})

sentence('10.2', '`drain`: come back, after the `retry` that was sent with it.', async () => {
  const { hub, follow } = await serveChannels(anything)
  const { frame } = await follow('channel=news')
  await hub.drain({ over: 0, retry: 700 })
  const { retry } = (await frame()) ?? {}
  expect(retry).toBeGreaterThanOrEqual(0)
  expect(retry).toBeLessThanOrEqual(700)
  expect(await frame()).toMatchObject({ event: 'sse.bye', data: { reason: 'drain' } })
  expect(await frame()).toBeUndefined()
})
