import { createEventStream } from '@tidewire/client'
import { createTestTransport, type TestTransport } from '@tidewire/client/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

let transport: TestTransport

beforeEach(() => {
  vi.useFakeTimers()
  transport = createTestTransport()
})

afterEach(async () => {
  await transport.close()
  vi.useRealTimers()
})

it('resumes where it was when the connection is lost', async () => {
  const stream = createEventStream('/orders', { fetch: transport.fetch })
  const connection = await transport.open()
  await connection.event('updated', { title: 'A lamp' }, { id: '1' })
  expect(stream.data).toEqual({ title: 'A lamp' })

  await connection.drop()
  expect(stream.status).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(1000)
  const next = await transport.open()
  expect(next.request.lastEventId).toBe('1')
  expect(stream.status).toBe('open')
})

it('waits as long as the server asks for', async () => {
  const stream = createEventStream('/orders', { fetch: transport.fetch })
  await transport.refuse(503, { 'Retry-After': '5' })
  expect(stream.nextRetryAt).toBeGreaterThanOrEqual(Date.now() + 5000)
})
