import { createChannelObserver } from '@tidewire/client'
import { describe, expect, it } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const hub = useHubClient()

const NOTHING = { data: undefined, lastEvent: undefined, recent: [], lastEventId: '', presence: undefined }

/** A channel that has shown a secret. */
async function begin() {
  const seen: unknown[] = []
  const secret = hub.follow('secret', {
    recent: 5,
    onError: () => seen.push(secret.subscription.data),
    onClose: () => seen.push(secret.subscription.data),
  })
  hub.follow('news')
  const connection = await hub.welcome()
  await connection.hub.event('secret', 'x', 'the plan')
  await connection.hub.presence({ channel: 'secret', count: 1, members: [{ id: 'ann' }] })
  return { secret, connection, seen }
}

describe('what a person may no longer see', () => {
  it('is not shown from when it is revoked, also to who is told of it', async () => {
    const { secret, connection, seen } = await begin()
    expect(secret.subscription).toMatchObject({ data: 'the plan', recent: [{ data: 'the plan' }] })
    await connection.hub.revoked(['secret'])
    expect(seen).toEqual([undefined, undefined])
    expect(secret.subscription).toMatchObject({ status: 'closed', closeReason: 'revoked', ...NOTHING })
    expect(secret.subscription.getSnapshot()).toMatchObject({ closeReason: 'revoked', ...NOTHING })
  })

  it('is not shown from when it is denied to who comes back', async () => {
    const { secret, connection } = await begin()
    const second = await hub.lose(connection)
    await second.hub.hello({ channels: { secret: 'denied', news: 'resumed' } })
    expect(secret.subscription.getSnapshot()).toMatchObject({ closeReason: 'denied', ...NOTHING })
  })

  it('is not shown where the reader is sent away, or not let in', async () => {
    const { secret, connection } = await begin()
    await connection.bye('revoked')
    expect(secret.subscription.getSnapshot()).toMatchObject({ closeReason: 'revoked', ...NOTHING })
    hub.create()
    const again = await begin()
    await again.connection.drop()
    const refusal = hub.transport.refuse(401)
    await hub.pass(1)
    await refusal
    expect(again.secret.subscription.getSnapshot()).toMatchObject({ closeReason: 'denied', ...NOTHING })
  })

  it('is not shown by who rests', async () => {
    const { connection } = await begin()
    const resting = hub.follow('secret', { recent: 5 }).subscription
    await hub.pass()
    await connection.hub.event('secret', 'x', 'the other plan')
    resting.pause()
    expect(resting.data).toBe('the other plan')
    await connection.hub.revoked(['secret'])
    await hub.pass(50)
    expect(resting.getSnapshot()).toMatchObject({
      status: 'paused',
      ...NOTHING,
      lastEventId: expect.anything() as string,
    })
  })

  it('gives way to what is shown at first', async () => {
    const one = hub.follow('secret', { initialData: 'nothing yet' }).subscription
    const connection = await hub.welcome()
    await connection.hub.event('secret', 'x', 'the plan')
    await connection.hub.revoked(['secret'])
    expect(one.getSnapshot().data).toBe('nothing yet')
  })

  it('is not shown by a component that has come back, either', async () => {
    const { connection } = await begin()
    const observer = createChannelObserver(hub.client, 'secret', { recent: 5 })
    const leave = observer.subscribe(() => {})
    await connection.hub.event('secret', 'x', 'the other plan')
    leave()
    expect(observer.getSnapshot().data).toBe('the other plan')
    observer.subscribe(() => {})
    await hub.pass()
    await connection.hub.revoked(['secret'])
    expect(observer.getSnapshot()).toMatchObject({ closeReason: 'revoked', ...NOTHING })
  })

  it('is what a channel has left behind, for who comes after the client was closed', async () => {
    const { secret } = await begin()
    secret.subscription.close()
    hub.client.close()
    expect(hub.client.subscribe('secret')).toMatchObject(NOTHING)
  })

  it('is not what a channel has shown that is over or failed', async () => {
    const { secret, connection } = await begin()
    await connection.hub.end(['secret'])
    expect(secret.subscription.getSnapshot()).toMatchObject({ closeReason: 'complete', data: 'the plan' })
  })
})
