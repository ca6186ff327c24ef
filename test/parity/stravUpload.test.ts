import { createSSEHub, eventTypes, type ProgressEvents } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { describe, expect, it } from 'vitest'
import { type Page, useChannels } from './useChannels.ts'
import { useFakeIntervals } from './useFakeIntervals.ts'
import { useServer } from './useServer.ts'

useFakeIntervals()
const server = useServer()
const { serve, follow } = useChannels(server)

interface UploadedFile {
  size: number
  chunks: AsyncIterable<Buffer>
}

/** Serves uploads at `/files/<id>`, whose progress is on `upload/<id>`. */
async function startUploads(uploadChunk: (chunk: Buffer) => Promise<void> = async () => {}): Promise<string> {
  const hub = createSSEHub({
    channels: { 'upload/:uploadId': eventTypes<ProgressEvents<{ uploaded: number }>>() },
  })
  const uploads = hub.job(
    'upload/:uploadId',
    async (update, _context, file: UploadedFile) => {
      let uploaded = 0
      for await (const chunk of file.chunks) {
        uploaded += chunk.length
        update(Math.round((uploaded / file.size) * 100), `Uploaded ${uploaded}/${file.size} bytes`)
        await uploadChunk(chunk)
      }
      return { uploaded }
    },
    { mapError: () => ({ code: 'no-space', message: 'There is no room for it.' }) },
  )
  const serveHub = toNodeHandler(hub)
  return serve(hub, async (req, res) => {
    const [, uploadId] = req.url?.split('/files/') ?? []
    if (!uploadId) return serveHub(req, res)
    const { finished } = uploads.start({ uploadId }, { size: Number(req.headers['content-length']), chunks: req })
    const { phase } = await finished
    res.statusCode = phase === 'complete' ? 201 : 507
    res.end()
  })
}

const SIZE = 3_000_000

async function upload(url: string, id: string): Promise<number> {
  const { status } = await fetch(`${url}/files/${id}`, { method: 'POST', body: 'x'.repeat(SIZE) })
  return status
}

/** All that a page hears until an event ends it. */
async function heardUntil(page: Page, last: string): Promise<[string, unknown][]> {
  const heard = [await page.next()]
  while (heard.at(-1)![0] !== last) heard.push(await page.next())
  return heard
}

describe('the file upload', () => {
  it('shows its progress to whoever follows it, and its completion', async () => {
    const url = await startUploads()
    const page = await follow(url, ['upload/7'])
    expect(await upload(url, '7')).toBe(201)
    const heard = await heardUntil(page, 'complete')
    expect(heard.slice(-2)).toEqual([
      ['progress', { percent: 100, message: `Uploaded ${SIZE}/${SIZE} bytes` }],
      ['complete', { result: { uploaded: SIZE } }],
    ])
    const percents = heard.slice(0, -1).map(([, data]) => (data as { percent?: number }).percent ?? 0)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    expect(await page.closed).toBe('complete')
  })

  it('tells a page that is opened when it is over how it ended', async () => {
    const url = await startUploads()
    expect(await upload(url, '7')).toBe(201)
    const page = await follow(url, ['upload/7'])
    expect(await page.next()).toEqual(['complete', { result: { uploaded: SIZE } }])
    expect(await page.closed).toBe('complete')
  })

  it('says that it failed, and nothing of why', async () => {
    const url = await startUploads(() => Promise.reject(new Error('disk sda1 is full')))
    const page = await follow(url, ['upload/8'])
    expect(await upload(url, '8')).toBe(507)
    const heard = await heardUntil(page, 'error')
    expect(heard.at(-1)).toEqual(['error', { code: 'no-space', message: 'There is no room for it.' }])
    expect(JSON.stringify(heard)).not.toContain('sda1')
    expect(await page.closed).toBe('complete')
  })
})
