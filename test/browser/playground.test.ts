import { expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { usePlaygroundFixtures } from './playgroundFixtures.ts'
import { usePlaygroundPage } from './playgroundPage.ts'

const fixtures = usePlaygroundFixtures()

for (const framework of ['react', 'vue']) {
  describeBrowser(`the playground in ${framework}`, () => {
    const view = usePlaygroundPage(framework, fixtures)
    const { visit, connection, upload, detail, button, choose, limitSpeed, uploadUntilItMoves, drop } = view

    /** Collects what the progress bar says from now on. */
    async function watchBar(): Promise<() => Promise<number[]>> {
      await view.page.locator('.bar').evaluate((element) => {
        const values = ((globalThis as { values?: number[] }).values = [] as number[])
        new MutationObserver(() => values.push(Number(element.ariaValueNow))).observe(element, {
          attributeFilter: ['aria-valuenow'],
        })
      })
      return () => view.page.evaluate(() => (globalThis as { values?: number[] }).values ?? [])
    }

    it('draws a chart that moves, over one connection', async () => {
      const requests: string[] = []
      view.page.on('request', (request) => requests.push(new URL(request.url()).pathname))
      await visit()
      const cpu = view.page.getByRole('img', { name: 'CPU over the last two minutes' })
      const before = [await view.page.getByText(/Last sample at/).textContent(), await cpu.screenshot()]
      await view.page.waitForTimeout(2500)
      const after = [await view.page.getByText(/Last sample at/).textContent(), await cpu.screenshot()]
      expect(after[0]).not.toBe(before[0])
      expect(after[1]).not.toEqual(before[1])
      for (const text of [/^\d+\.\d %$/, /^\d+\.\d MiB$/, /^\d+(\.\d\d)? ms$/]) {
        expect(await view.page.getByText(text).count()).toBe(1)
      }
      expect(requests.filter((path) => path === '/api/metrics')).toHaveLength(1)
    })

    it('moves the bar of a 200 MiB upload, and says when it is done', async () => {
      await visit()
      const valuesOfBar = await watchBar()
      await choose(fixtures.files.large)
      await upload('Done').waitFor()
      expect(await detail()).toMatch(/^The server received 200 MiB in \d+(\.\d)? s, and has removed it\.$/)
      const values = await valuesOfBar()
      expect(values).toEqual(values.toSorted((a, b) => a - b))
      expect(new Set(values.filter((value) => value > 0 && value < 100)).size).toBeGreaterThanOrEqual(3)
      expect(values.at(-1)).toBe(100)
      expect(await fixtures.filesOnServer()).toEqual([])
    })

    it('says how fast an upload is, and how long it takes', async () => {
      await visit()
      await limitSpeed('50 MiB/s')
      await choose(fixtures.files.large)
      await expect.poll(detail).toMatch(/^\d+(\.\d+)? MiB of 200 MiB · \d+(\.\d+)? MiB\/s · \d+ s left$/)
      await upload('Done').waitFor()
    })

    it('cancels an upload, and the server forgets it', async () => {
      await visit()
      await uploadUntilItMoves()
      expect(await fixtures.filesOnServer()).toHaveLength(1)
      await button('Cancel').click()
      await upload('Cancelled').waitFor()
      await expect.poll(fixtures.filesOnServer).toEqual([])

      await limitSpeed('As fast as it goes')
      await button('Try again').click()
      await upload('Done').waitFor()
      await button('Clear').click()
      await upload('Nothing on its way').waitFor()
      expect(await view.page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Choose a file')
    })

    it('refuses a file that is too large before a byte is sent', async () => {
      const requests: string[] = []
      view.page.on('request', (request) => requests.push(request.url()))
      await visit()
      await choose(fixtures.files.tooLarge)
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
    })

    it('tells a screen reader of each phase once', async () => {
      await visit()
      const bar = view.page.getByRole('progressbar')
      expect(await bar.count()).toBe(0)
      expect(await view.page.getByText('Choose a file', { exact: true }).count()).toBe(1)
      const said = view.page.getByRole('region', { name: /^The server|^An upload/ }).getByRole('status')
      expect(await said.allTextContents()).toEqual(['Metrics: Live', ''])
      await uploadUntilItMoves()
      expect(await said.last().textContent()).toBe('Uploading small.bin')
      expect(await bar.getAttribute('aria-valuemin')).toBe('0')
      expect(await bar.getAttribute('aria-valuemax')).toBe('100')
      expect(await bar.getAttribute('aria-valuetext')).toMatch(/^\d+ %, .+ of 5 MiB/)
      expect(await bar.getAttribute('aria-label')).toBe('Upload of small.bin')
      await button('Cancel').press('Enter')
      await expect.poll(() => said.last().textContent()).toMatch(/^Cancelled\. /)
    })

    it('closes the metrics and opens them again where they were', async () => {
      await visit()
      const positions: (string | undefined)[] = []
      view.page.on('request', (request) => {
        if (request.url().endsWith('/api/metrics')) positions.push(request.headers()['last-event-id'])
      })
      await button('Disconnect').click()
      await connection('Closed').waitFor()
      await view.page.getByText('You closed it', { exact: true }).waitFor()
      await button('Connect').click()
      await connection('Live').waitFor()
      expect(positions).toEqual([expect.stringMatching(/^\d+$/)])
    })

    it('serves its metrics to a native EventSource as well', async () => {
      await visit()
      const events = await view.page.evaluate(
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
      view.expected = /net::ERR_/
      // Vite's own client would load the page anew.
      let own = await fixtures.startFromSource()
      try {
        await visit(own)
        await view.page.evaluate(() => {
          ;(globalThis as { isSamePage?: boolean }).isSamePage = true
        })
        await own.stop('SIGKILL')
        await connection('Reconnecting').waitFor()
        await view.page.getByText(/^Attempt \d+, (in \d+ s|now)$/).waitFor()
        const before = await view.page.getByText(/Last sample at/).textContent()
        own = await fixtures.startFromSource(own.port)
        await connection('Live').waitFor()
        await expect.poll(() => view.page.getByText(/Last sample at/).textContent()).not.toBe(before)
        // It was the stream that came back, not the page.
        expect(await view.page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true)
      } finally {
        await own.stop()
      }
    })

    it('says that an upload has failed when the server goes', async () => {
      view.expected = /net::ERR_/
      const own = await fixtures.start()
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
      await view.page.getByRole('link', { name: framework === 'react' ? 'Vue' : 'React' }).click()
      await connection('Live').waitFor()
      await expect.poll(fixtures.filesOnServer, { timeout: 10_000 }).toEqual([])
    })
  })
}
