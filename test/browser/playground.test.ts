import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'
import { type Playground, startPlayground } from './startPlayground.ts'

const MIB = 2 ** 20
const LIMIT = 256 * MIB

let browser: Browser
let playground: Playground
let directory: string
let uploads: string
let files: Record<'large' | 'small' | 'tooLarge', string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidewire-browser-'))
  uploads = join(directory, 'uploads')
  await mkdir(uploads)
  files = {
    large: await makeFile('large.bin', 200 * MIB),
    small: await makeFile('small.bin', 5 * MIB),
    tooLarge: await makeFile('too-large.bin', LIMIT + MIB),
  }
  browser = await launchBrowser()
  playground = await start()
})

afterAll(async () => {
  await browser?.close()
  await playground?.stop()
  await rm(directory, { recursive: true, force: true })
})

async function makeFile(name: string, size: number): Promise<string> {
  const path = join(directory, name)
  await using file = await open(path, 'w')
  await file.truncate(size)
  return path
}

function start(port = 0, uploadsOfServer = uploads): Promise<Playground> {
  return startPlayground({
    PORT: String(port),
    PLAYGROUND_UPLOAD_DIR: uploadsOfServer,
    PLAYGROUND_MAX_UPLOAD: String(LIMIT),
  })
}

/** The files that the server of all tests holds at the moment. */
async function filesOnServer(): Promise<string[]> {
  const entries = await readdir(uploads, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

for (const framework of ['react', 'vue']) {
  describeBrowser(`the playground in ${framework}`, () => {
    let context: BrowserContext
    let page: Page
    let complaints: string[]
    /** Chromium reports each request that fails: what a test brings about is no complaint. */
    let expected: RegExp | undefined

    beforeEach(async () => {
      context = await browser.newContext()
      page = await context.newPage()
      complaints = []
      expected = undefined
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
    })

    afterEach(async () => {
      await context.close()
      expect(complaints.filter((complaint) => !expected?.test(complaint))).toEqual([])
    })

    async function visit({ origin }: Playground = playground): Promise<void> {
      await page.goto(`${origin}/${framework}`)
      await connection('Live').waitFor()
      await page.getByText(/last at \d/).waitFor()
    }

    /** The label of the metrics stream. */
    const connection = (label: string): Locator =>
      page.getByRole('region', { name: 'The server, now' }).getByText(label, { exact: true })

    /** The label of the upload. */
    const upload = (label: string): Locator =>
      page.getByRole('region', { name: /An upload/ }).getByText(label, { exact: true })

    /** The sentence below the bar. */
    const detail = (): Promise<string | null> => page.getByRole('paragraph').last().textContent()

    const button = (name: string): Locator => page.getByRole('button', { name, exact: true })

    const choose = (path: string): Promise<void> => page.getByLabel('Choose a file').setInputFiles(path)

    const limitSpeed = (label: string): Promise<string[]> => page.getByLabel('Speed').selectOption({ label })

    /** Collects what the progress bar says from now on. */
    async function watchBar(): Promise<() => Promise<number[]>> {
      await page.getByRole('progressbar').evaluate((element) => {
        const values = ((globalThis as { values?: number[] }).values = [] as number[])
        new MutationObserver(() => values.push(Number(element.ariaValueNow))).observe(element, {
          attributeFilter: ['aria-valuenow'],
        })
      })
      return () => page.evaluate(() => (globalThis as { values?: number[] }).values ?? [])
    }

    async function uploadUntilItMoves(): Promise<void> {
      await limitSpeed('1 MiB/s')
      await choose(files.small)
      await page.waitForFunction(() => Number(document.querySelector('[role=progressbar]')?.ariaValueNow) > 0)
    }

    it('draws a chart that moves, over one connection', async () => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(new URL(request.url()).pathname))
      await visit()
      const cpu = page.getByRole('img', { name: 'CPU over the last two minutes' })
      const before = [await page.getByText(/last at/).textContent(), await cpu.screenshot()]
      await page.waitForTimeout(2500)
      const after = [await page.getByText(/last at/).textContent(), await cpu.screenshot()]
      expect(after[0]).not.toBe(before[0])
      expect(after[1]).not.toEqual(before[1])
      for (const text of [/^\d+\.\d %$/, /^\d+\.\d MiB$/, /^\d+(\.\d\d)? ms$/]) {
        expect(await page.getByText(text).count()).toBe(1)
      }
      expect(requests.filter((path) => path === '/api/metrics')).toHaveLength(1)
    })

    it('moves the bar of a 200 MiB upload, and says when it is done', async () => {
      await visit()
      const valuesOfBar = await watchBar()
      await choose(files.large)
      await upload('Done').waitFor()
      expect(await detail()).toMatch(/^The server received 200 MiB in \d+\.\d s, and has removed it\.$/)
      const values = await valuesOfBar()
      expect(values).toEqual(values.toSorted((a, b) => a - b))
      expect(new Set(values.filter((value) => value > 0 && value < 100)).size).toBeGreaterThanOrEqual(3)
      expect(values.at(-1)).toBe(100)
      expect(await filesOnServer()).toEqual([])
    })

    it('says how fast an upload is, and how long it takes', async () => {
      await visit()
      await limitSpeed('50 MiB/s')
      await choose(files.large)
      await expect.poll(detail).toMatch(/^\d+(\.\d+)? MiB of 200 MiB · \d+(\.\d+)? MiB\/s · \d+ s left$/)
      await upload('Done').waitFor()
    })

    it('cancels an upload, and the server forgets it', async () => {
      await visit()
      await uploadUntilItMoves()
      expect(await filesOnServer()).toHaveLength(1)
      await button('Cancel').click()
      await upload('Cancelled').waitFor()
      await expect.poll(filesOnServer).toEqual([])

      await limitSpeed('As fast as it goes')
      await button('Try again').click()
      await upload('Done').waitFor()
      await button('Clear').click()
      await upload('Nothing on its way').waitFor()
      expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Choose a file')
    })

    it('refuses a file that is too large before a byte is sent', async () => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      await visit()
      await choose(files.tooLarge)
      await upload('Failed').waitFor()
      expect(await detail()).toBe('“too-large.bin” has 257 MiB; the server takes up to 256 MiB.')
      expect(requests.filter((url) => url.includes('/api/uploads'))).toEqual([])
    })

    it('takes a file that is dropped, and says why it takes no more than one', async () => {
      await visit()
      await drop(['a.txt', 'b.txt'])
      await upload('Failed').waitFor()
      expect(await detail()).toBe('One file at a time, please.')
      await drop(['a.txt'])
      await upload('Done').waitFor()

      async function drop(names: string[]): Promise<void> {
        const transfer = await page.evaluateHandle((names) => {
          const transfer = new DataTransfer()
          for (const name of names) transfer.items.add(new File(['hello'], name))
          return transfer
        }, names)
        await page.getByText('or drop it here').dispatchEvent('drop', { dataTransfer: transfer })
      }
    })

    it('tells a screen reader of each phase once', async () => {
      await visit()
      const bar = page.getByRole('progressbar')
      expect(await bar.getAttribute('aria-valuemin')).toBe('0')
      expect(await bar.getAttribute('aria-valuemax')).toBe('100')
      const said = page.getByRole('status')
      expect(await said.allTextContents()).toEqual(['Metrics: Live', ''])
      await uploadUntilItMoves()
      expect(await said.last().textContent()).toBe('Uploading small.bin')
      expect(await bar.getAttribute('aria-valuetext')).toMatch(/^\d+ %, .+ of 5 MiB/)
      expect(await bar.getAttribute('aria-label')).toBe('Upload of small.bin')
      await button('Cancel').press('Enter')
      await expect.poll(() => said.last().textContent()).toMatch(/^Cancelled\. /)
    })

    it('closes the metrics and opens them again where they were', async () => {
      await visit()
      const positions: (string | undefined)[] = []
      page.on('request', (request) => {
        if (request.url().endsWith('/api/metrics')) positions.push(request.headers()['last-event-id'])
      })
      await button('Close').click()
      await connection('Closed').waitFor()
      await page.getByText('You closed it', { exact: true }).waitFor()
      await button('Open').click()
      await connection('Live').waitFor()
      expect(positions).toEqual([expect.stringMatching(/^\d+$/)])
    })

    it('serves its metrics to a native EventSource as well', async () => {
      await visit()
      const events = await page.evaluate(
        () =>
          new Promise<{ id: string; data: string }[]>((resolve, reject) => {
            const events: { id: string; data: string }[] = []
            const source = new EventSource('/api/metrics')
            source.addEventListener('error', () => reject(new Error('The native EventSource has failed.')))
            source.addEventListener('metrics', ({ lastEventId, data }) => {
              if (events.push({ id: lastEventId, data: data as string }) < 3) return
              source.close()
              resolve(events)
            })
          }),
      )
      for (const { id, data } of events) expect((JSON.parse(data) as { time: number }).time).toBe(Number(id))
    })

    it('shows that the server is gone, and goes on by itself when it is back', async () => {
      expected = /net::ERR_/
      let own = await start(0, directory)
      try {
        await visit(own)
        await page.evaluate(() => {
          ;(globalThis as { isSamePage?: boolean }).isSamePage = true
        })
        await own.stop('SIGKILL')
        await connection('Reconnecting').waitFor()
        await page.getByText(/^Attempt \d+, (in \d+ s|now)$/).waitFor()
        const before = await page.getByText(/last at/).textContent()
        own = await start(own.port, directory)
        await connection('Live').waitFor()
        await expect.poll(() => page.getByText(/last at/).textContent()).not.toBe(before)
        // It was the stream that came back, not the page.
        expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true)
      } finally {
        await own.stop()
      }
    })

    it('says that an upload has failed when the server goes', async () => {
      expected = /net::ERR_/
      const own = await start(0, directory)
      try {
        await visit(own)
        await uploadUntilItMoves()
        await own.stop('SIGKILL')
        await upload('Failed').waitFor()
        expect(await detail()).toBe('The connection to the server was lost, so the upload has stopped.')
        await button('Try again').waitFor()
      } finally {
        await own.stop()
      }
    })

    it('leaves no file behind when the page is left', async () => {
      await visit()
      await uploadUntilItMoves()
      await page.getByRole('link', { name: framework === 'react' ? 'Vue' : 'React' }).click()
      await connection('Live').waitFor()
      await expect.poll(filesOnServer, { timeout: 10_000 }).toEqual([])
    })
  })
}
