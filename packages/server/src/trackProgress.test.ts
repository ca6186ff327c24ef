import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { createProgressStream, trackProgress } from './index.ts'
import { textOf, turn } from '../test/readStream.ts'

const CHUNKS = [new Uint8Array(1), new Uint8Array(20), Buffer.alloc(300)]

function streamOf(chunks: Uint8Array[], end?: { cancel?: (reason: unknown) => void; error?: Error }) {
  const rest = [...chunks]
  const pull = vi.fn<(controller: ReadableStreamDefaultController<Uint8Array>) => void>((controller) => {
    const chunk = rest.shift()
    if (chunk) controller.enqueue(chunk)
    else if (end?.error) controller.error(end.error)
    else if (!end?.cancel) controller.close()
  })
  const stream = new ReadableStream({ pull, cancel: (reason) => end?.cancel?.(reason) }, { highWaterMark: 0 })
  return { stream, pull }
}

async function* iterate(chunks: Uint8Array[], end?: { cleanUp?: () => void; error?: Error }) {
  try {
    yield* chunks
    if (end?.error) throw end.error
  } finally {
    end?.cleanUp?.()
  }
}

async function chunksOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return chunks
}

function collectUpdates() {
  const updates: unknown[] = []
  return { updates, update: (progress: object) => void updates.push(progress) }
}

describe.each([
  ['a web stream', (chunks: Uint8Array[], error?: Error) => streamOf(chunks, error && { error }).stream],
  ['an iterable', (chunks: Uint8Array[], error?: Error) => iterate(chunks, error && { error })],
  ['a stream of node', (chunks: Uint8Array[], error?: Error) => Readable.from(iterate(chunks, error && { error }))],
])('the tracked bytes of %s', (_name, source: (chunks: Uint8Array[], error?: Error) => AsyncIterable<Uint8Array>) => {
  it('are the chunks themselves, and counted', async () => {
    const { updates, update } = collectUpdates()
    const chunks = await chunksOf(trackProgress(source(CHUNKS), 321, update))
    expect(chunks).toHaveLength(3)
    for (const [index, chunk] of chunks.entries()) expect(chunk).toBe(CHUNKS[index])
    expect(updates).toEqual([0, 1, 21, 321].map((loaded) => ({ loaded, total: 321 })))
  })

  it('fail as their source fails', async () => {
    const error = new Error('The connection was lost.')
    const { updates, update } = collectUpdates()
    await expect(chunksOf(trackProgress(source(CHUNKS, error), 321, update))).rejects.toBe(error)
    expect(updates.at(-1)).toEqual({ loaded: 321, total: 321 })
  })

  it.each([undefined, null, Number.NaN, 0, -1, Infinity])(
    'are counted alone where their total is %o',
    async (total) => {
      const { updates, update } = collectUpdates()
      await chunksOf(trackProgress(source([new Uint8Array(5)]), total, update))
      expect(updates).toEqual([{ loaded: 0 }, { loaded: 5 }])
    },
  )

  it('are refused where they are text', async () => {
    const text = trackProgress(source(['text'] as never), 4, () => {})
    await expect(chunksOf(text)).rejects.toThrow(
      new TypeError('Expected each chunk of `readable` to be bytes, got "text". Set no encoding on it.'),
    )
  })
})

describe('a tracked web stream', () => {
  it('is read no faster than it is taken', async () => {
    const { stream, pull } = streamOf(CHUNKS)
    const { updates, update } = collectUpdates()
    const reader = trackProgress(stream, 321, update).getReader()
    await turn()
    expect([pull.mock.calls.length, updates.length]).toEqual([0, 1])
    await reader.read()
    await turn()
    expect([pull.mock.calls.length, updates.length]).toEqual([1, 2])
  })

  it('cancels its source with the reason, even while it waits', async () => {
    const cancel = vi.fn<(reason: unknown) => void>()
    const reader = trackProgress(streamOf([], { cancel }).stream, 1, () => {}).getReader()
    const waiting = reader.read()
    await reader.cancel('enough')
    expect(cancel).toHaveBeenCalledExactlyOnceWith('enough')
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('is the body of a response or a request', async () => {
    const form = new FormData()
    form.set('file', new File(['x'.repeat(100_000)], 'x.txt'))
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const { updates, update } = collectUpdates()
    const body = trackProgress(request.body, undefined, update)
    expectTypeOf(body).toEqualTypeOf<ReadableStream<Uint8Array<ArrayBuffer>> | null>()
    const file = (await new Response(body, { headers: request.headers }).formData()).get('file') as File
    expect([file.name, file.size]).toEqual(['x.txt', 100_000])
    expect((updates.at(-1) as { loaded: number }).loaded).toBeGreaterThan(100_000)
    expect(await textOf(trackProgress(file.stream(), file.size, update))).toHaveLength(100_000)
    expect(updates.at(-1)).toEqual({ loaded: 100_000, total: 100_000 })
  })

  it('is null where there is no body', () => {
    const { updates, update } = collectUpdates()
    expect(trackProgress(new Request('http://localhost/').body, 0, update)).toBeNull()
    expect(updates).toEqual([])
  })
})

describe('a tracked iterable', () => {
  it('is read no faster than it is taken, and ends its source when its reader stops', async () => {
    const cleanUp = vi.fn<() => void>()
    const { updates, update } = collectUpdates()
    for await (const chunk of trackProgress(iterate(CHUNKS, { cleanUp }), 321, update)) {
      await turn()
      expect(chunk).toBe(CHUNKS[0])
      break
    }
    expect(cleanUp).toHaveBeenCalledOnce()
    expect(updates).toEqual([0, 1].map((loaded) => ({ loaded, total: 321 })))
  })
})

describe('a file that is piped', () => {
  let folder: string
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'tidewire-'))))
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('arrives whole, from either end of the pipeline', async () => {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')]
    const bytes = Buffer.alloc(1_000_000, 'tidewire')
    await writeFile(from, bytes)
    const { updates, update } = collectUpdates()
    await pipeline(trackProgress(createReadStream(from), bytes.length, update), createWriteStream(to))
    expect(bytes.equals(await readFile(to))).toBe(true)
    await pipeline(createReadStream(from), (body) => trackProgress(body, bytes.length, update), createWriteStream(to))
    expect(bytes.equals(await readFile(to))).toBe(true)
    expect(updates.filter((progress) => (progress as { loaded: number }).loaded === bytes.length)).toHaveLength(2)
  })

  it('is let go as soon as the pipeline is aborted, also while nothing comes', async () => {
    const silent = new Readable({ read() {} })
    const controller = new AbortController()
    const piped = pipeline(
      silent,
      (body) => trackProgress(body, 1, () => {}),
      createWriteStream(join(folder, 'silent')),
      { signal: controller.signal },
    )
    controller.abort()
    await expect(piped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(silent.destroyed).toBe(true)
  })
})

describe('an update that throws', () => {
  const failure = new Error('update')
  const update = ({ loaded }: { loaded: number }) => {
    if (loaded > 0) throw failure
  }

  it('fails the reader, and cancels a web stream', async () => {
    const cancel = vi.fn<(reason: unknown) => void>()
    await expect(chunksOf(trackProgress(streamOf(CHUNKS, { cancel }).stream, 1, update))).rejects.toBe(failure)
    expect(cancel).toHaveBeenCalledExactlyOnceWith(failure)
  })

  it('fails the reader, and ends an iterable', async () => {
    const cleanUp = vi.fn<() => void>()
    await expect(chunksOf(trackProgress(iterate(CHUNKS, { cleanUp }), 1, update))).rejects.toBe(failure)
    expect(cleanUp).toHaveBeenCalledOnce()
  })
})

describe('trackProgress', () => {
  it('drives a progress stream', async () => {
    const text = await textOf(
      createProgressStream(async (update) => {
        const chunks = await chunksOf(trackProgress(iterate(CHUNKS), 321, update))
        return chunks.length
      }),
    )
    expect(text).toContain('{"percent":0,"loaded":0,"total":321}')
    expect(text).toContain('{"percent":100,"loaded":321,"total":321}')
    expect(text).toContain('{"result":3}')
  })

  it.each([
    ['readable', () => trackProgress(new Request('http://localhost/') as never, 1, () => {})],
    ['readable', () => trackProgress('text' as never, 1, () => {})],
    ['readable', () => trackProgress(undefined as never, 1, () => {})],
    ['total', () => trackProgress(iterate([]), '321' as never, () => {})],
    ['update', () => trackProgress(iterate([]), 1, undefined as never)],
  ])('refuses what makes no sense for `%s`', (name, call) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(`Expected \`${name}\` to be`)
  })

  it('refuses a stream that is being read', () => {
    const { stream } = streamOf(CHUNKS)
    stream.getReader()
    expect(() => trackProgress(stream, 1, () => {})).toThrow(TypeError)
  })

  it('types what it returns as what it was given', () => {
    expectTypeOf(trackProgress(new Blob().stream(), 0, () => {})).toEqualTypeOf<
      ReadableStream<Uint8Array<ArrayBuffer>>
    >()
    const buffers: AsyncIterable<Buffer> = Readable.from([])
    expectTypeOf(trackProgress(buffers, 0, () => {})).toEqualTypeOf<AsyncIterable<Buffer>>()
  })
})
