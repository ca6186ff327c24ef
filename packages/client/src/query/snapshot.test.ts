import { expect, it } from 'vitest'
import { cursorOf, readSnapshot, tagSnapshot } from './snapshot.ts'

it('reads data with the position that they came with', async () => {
  const data = await readSnapshot<{ n: number }>(Response.json({ n: 1 }, { headers: { 'X-SSE-Cursor': 'a.7' } }))
  expect(data).toEqual({ n: 1 })
  expect(cursorOf(data)).toBe('a.7')
})

it('reads data that came without one', async () => {
  expect(cursorOf(await readSnapshot(Response.json([1])))).toBeUndefined()
  expect(await readSnapshot(Response.json(7, { headers: { 'X-SSE-Cursor': 'a.7' } }))).toBe(7)
})

it('fails with the status of a response that is none', async () => {
  await expect(readSnapshot(new Response('', { status: 404, statusText: 'Not Found' }))).rejects.toThrow(
    '404 Not Found',
  )
})

it('takes nothing for a position that is none', () => {
  const data = {}
  for (const cursor of ['', '7', 'a b.7', 'a.-1', 'a.1\n']) {
    tagSnapshot(data, cursor)
    expect(cursorOf(data)).toBeUndefined()
  }
})
