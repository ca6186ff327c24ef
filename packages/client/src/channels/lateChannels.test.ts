import { describe, expect, it } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

describe('a channel of which the hub says nothing', () => {
  it('is lost after five seconds, also where it came last, and no longer when it is live', async () => {
    const a = hub.follow('a').subscription
    const connection = await hub.welcome()
    const b = hub.follow('b').subscription
    await hub.transport.change()
    await hub.pass(3000)
    const c = hub.follow('c').subscription
    await hub.transport.change()
    const lost = () => [a, b, c].map((one) => one.getSnapshot().isLost)
    await hub.pass(1900)
    expect(lost()).toEqual([false, false, false])
    await hub.pass(200)
    expect(lost()).toEqual([false, true, false])
    await connection.hub.live(['b'])
    await hub.pass(50)
    expect(lost()).toEqual([false, false, false])
    await hub.pass(2800)
    expect(lost()).toEqual([false, false, false])
    await hub.pass(200)
    expect(lost()).toEqual([false, false, true])
    expect(c.status).toBe('connecting')
  })

  it('is lost where it does not greet', async () => {
    const { subscription } = hub.follow('a')
    await hub.transport.open()
    await hub.pass(5100)
    expect(subscription.getSnapshot()).toMatchObject({ status: 'connecting', isLost: true })
  })

  it('stays lost until it is live where the connection was', async () => {
    const { subscription } = hub.follow('a')
    await (await hub.welcome()).drop()
    await hub.pass(6000)
    expect(subscription.isLost).toBe(true)
    const connection = await hub.transport.open()
    expect(subscription.isLost).toBe(true)
    await connection.hub.hello()
    expect(subscription.isLost).toBe(false)
  })

  it('takes another time from `lostAfter`', async () => {
    hub.create({ lostAfter: 100 })
    const { subscription } = hub.follow('a')
    await hub.transport.open()
    await hub.pass(150)
    expect(subscription.getSnapshot().isLost).toBe(true)
    hub.client.close()
    hub.create({ lostAfter: Infinity })
    const patient = hub.follow('a').subscription
    await hub.transport.open()
    await hub.pass(29_000)
    expect(patient.isLost).toBe(false)
  })

  it('is not lost where it is to rest', async () => {
    const { subscription } = hub.follow('a')
    await hub.transport.open()
    await hub.pass(6000)
    hub.client.pause()
    expect(subscription).toMatchObject({ status: 'paused', isLost: false })
  })
})
