import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakePage, stubPage } from '../../test/fakePage.ts'
import { useHubClient } from '../../test/useHubClient.ts'

let page: FakePage

// Runs last: hooks that clean up run in the opposite order.
afterEach(() => {
  expect(page.listenerCount).toBe(0)
  vi.unstubAllGlobals()
})

const hub = useHubClient({ retry: { maxAttempts: 2, delay: 1, jitter: 'none' } })

beforeEach(() => {
  page = stubPage()
})

/** Follows two channels, and loses the connection until the client gives up. */
async function giveUp() {
  const [a, b] = [hub.follow('a'), hub.follow('b')]
  const connection = await hub.welcome()
  await connection.hub.event('a', 'x', 1)
  await connection.drop()
  for (let count = 0; count < 2; count++) {
    const failing = hub.transport.fail()
    await hub.pass(10)
    await failing
  }
  expect([a.log.at(-1), b.log.at(-1), hub.client.status]).toEqual(['close:fatal', 'close:fatal', 'closed'])
  await hub.pass(3_600_000)
  return { a, b }
}

describe('a client that has used up its attempts', () => {
  it.each<[string, () => void]>([
    ['there is a network again', () => page.tellWindow('online')],
    ['somebody looks at the page again', () => (page.hide(), page.show())],
    ['it is opened', () => hub.client.open()],
    ['it is to reconnect', () => hub.client.reconnect()],
  ])('comes back where %s, with all that it followed, from where that was', async (_, comeBack) => {
    const { a, b } = await giveUp()
    comeBack()
    const connection = await hub.transport.open()
    expect(connection.request).toMatchObject({ lastEventId: 'test.1' })
    expect(connection.request.url).toMatch(/channel=a&channel=b$/)
    await connection.hub.hello({ channels: { a: 'resumed', b: 'resumed' } })
    await connection.hub.event('a', 'x', 2)
    expect(a.log).toEqual(['open', 'x:1', 'error:network', 'close:fatal', 'open', 'x:2'])
    expect(b.subscription.status).toBe('open')
    comeBack()
    await hub.pass(1000)
    expect(hub.transport.connections.length + hub.transport.requests.filter(({ isPending }) => isPending).length).toBe(
      1,
    )
  })

  it('may give up again, and come back again', async () => {
    const { a } = await giveUp()
    page.tellWindow('online')
    for (let count = 0; count < 3; count++) {
      const failing = hub.transport.fail()
      await hub.pass(10)
      await failing
    }
    expect(a.subscription.status).toBe('closed')
    page.tellWindow('online')
    await hub.welcome()
    expect(a.subscription.status).toBe('open')
  })

  it('does not bring back what was closed meanwhile', async () => {
    const { a, b } = await giveUp()
    a.subscription.close()
    page.tellWindow('online')
    const { request } = await hub.transport.open()
    expect(request.url).not.toMatch(/=a\b/)
    expect([a.subscription.status, b.subscription.status]).toEqual(['closed', 'connecting'])
  })

  it('listens to nobody once all was closed, be it by itself or with the client', async () => {
    const { a, b } = await giveUp()
    a.subscription.close()
    expect(page.listenerCount).toBeGreaterThan(0)
    b.subscription.close()
    expect(page.listenerCount).toBe(0)
    await giveUp()
    expect(page.listenerCount).toBeGreaterThan(0)
    hub.client.close()
    expect(page.listenerCount).toBe(0)
    page.tellWindow('online')
    const { length } = hub.transport.requests
    await hub.pass(1000)
    expect(hub.transport.requests).toHaveLength(length)
  })

  it('stays at rest where it is paused', async () => {
    await giveUp()
    const { length } = hub.transport.requests
    hub.client.pause()
    page.tellWindow('online')
    await hub.pass(1000)
    expect(hub.transport.requests).toHaveLength(length)
    expect(hub.client.status).toBe('paused')
  })
})

describe('a client that has ended in another way', () => {
  it.each([403, 410, 204])('does not come back by itself after %i', async (status) => {
    hub.follow('a')
    await hub.transport.refuse(status)
    expect(hub.client.status).toBe('closed')
    page.tellWindow('online')
    page.show()
    await hub.pass(1000)
    expect(hub.transport.requests).toHaveLength(1)
  })

  it('does not come back by itself where it is not to reconnect, but where it is opened', async () => {
    hub.create({ retry: false })
    const { subscription } = hub.follow('a')
    await (await hub.welcome()).drop()
    page.tellWindow('online')
    await hub.pass(1000)
    expect(hub.client.status).toBe('closed')
    hub.client.open()
    await hub.welcome()
    expect(subscription.status).toBe('open')
  })
})
