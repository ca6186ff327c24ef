import { createSSEHub, eventTypes } from '@tidewire/server'
import { afterEach, expect, it } from 'vitest'

const hub = createSSEHub({ channels: { 'orders/:id': eventTypes<{ updated: { n: number } }>() } })
hub.channel('orders/:id')

const created: { close: () => Promise<void> }[] = [hub]
afterEach(async () => {
  for (const one of created.splice(1)) await one.close()
})

it('reads data with a position from which on changes follow', async () => {
  const { id } = await hub.to('orders/1').send('updated', { n: 1 })
  const { data, cursor } = await hub.snapshot('orders/1', () => ({ n: 1 }))
  expect(data).toEqual({ n: 1 })
  expect(cursor).toBe(id)
})

it('reads the position before the data, so that no change is between the two', async () => {
  const before = await hub.snapshot('orders/1', () => null)
  const { cursor } = await hub.snapshot('orders/1', () => hub.to('orders/1').send('updated', { n: 2 }))
  expect(cursor).toBe(before.cursor)
})

it('answers with the data, and with the position for the page of any origin', async () => {
  const snapshot = await hub.snapshot('orders/1', () => ({ n: 1 }))
  const response = snapshot.toResponse()
  expect(await response.json()).toEqual({ n: 1 })
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'application/json',
    'x-sse-cursor': snapshot.cursor,
    'access-control-expose-headers': 'X-SSE-Cursor',
    'cache-control': 'private, no-cache',
  })
})

it('answers as it is told to', async () => {
  const snapshot = await hub.snapshot('orders/1', () => ({ n: 1 }))
  const headers = { 'Cache-Control': 'max-age=5', 'Access-Control-Expose-Headers': 'ETag', 'X-SSE-Cursor': 'x.1' }
  const response = snapshot.toResponse({ status: 203, headers })
  expect(response.status).toBe(203)
  expect(response.headers.get('Cache-Control')).toBe('max-age=5')
  expect(response.headers.get('Access-Control-Expose-Headers')).toBe('ETag, X-SSE-Cursor')
  expect(response.headers.get('X-SSE-Cursor')).toBe(snapshot.cursor)
})

it('fails with what the data fail with', async () => {
  await expect(hub.snapshot('orders/1', () => Promise.reject(new Error('No database.')))).rejects.toThrow(
    'No database.',
  )
})

it('refuses a channel that no pattern fits', async () => {
  await expect(hub.snapshot('users/1' as never, () => 1)).rejects.toThrow(TypeError)
})

it('does not read data while nobody can say from where on their changes follow', async () => {
  const closed = createSSEHub()
  closed.channel('orders')
  created.push(closed)
  await closed.close()
  let isRead = false
  await expect(closed.snapshot('orders', () => (isRead = true))).rejects.toMatchObject({ code: 'closed' })
  expect(isRead).toBe(false)
})
