import { rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { MIB, usePlaygroundFixtures } from './playgroundFixtures.ts'
import { usePlaygroundPage } from './playgroundPage.ts'

const fixtures = usePlaygroundFixtures()

for (const framework of ['react', 'vue']) {
  describeBrowser(`the playground in ${framework}, in trouble,`, () => {
    const view = usePlaygroundPage(framework, fixtures)
    const { visit, connection, upload, detail, button, choose, limitSpeed, uploadUntilItMoves, drop } = view

    it('lets nothing into a running upload: no file from a dialog that was open before, nor a second choice', async () => {
      await visit()
      await limitSpeed('1 MiB/s')
      const sent: string[] = []
      view.page.on('request', (request) => request.method() === 'PUT' && sent.push(request.url()))
      const opening = view.page.waitForEvent('filechooser')
      await view.page.getByLabel('Choose a file').click()
      const chooser = await opening
      // The page is told of both files before it can draw the first.
      await choose(fixtures.files.small)
      await drop(['late.txt'])
      await chooser.setFiles(fixtures.files.large)
      await expect.poll(detail).toMatch(/ of 5 MiB/)
      expect(await view.page.locator('.file').textContent()).toBe('small.bin')
      await limitSpeed('As fast as it goes')
      await button('Cancel').click()
      await upload('Cancelled').waitFor()
      await expect.poll(fixtures.filesOnServer).toEqual([])
      expect(sent).toHaveLength(1)
    })

    it('shows the first of two files that are chosen in one breath, and nothing of the second', async () => {
      await visit()
      await limitSpeed('1 MiB/s')
      await view.page.getByLabel('Choose a file').evaluate((element) => {
        const input = element as HTMLInputElement
        for (const [name, size] of [
          ['first.txt', 100_000],
          ['second.txt', 300],
        ] as const) {
          const transfer = new DataTransfer()
          transfer.items.add(new File(['x'.repeat(size)], name))
          input.files = transfer.files
          input.dispatchEvent(new Event('change', { bubbles: true }))
        }
      })
      await upload('Done').waitFor()
      expect(await view.page.locator('.file').textContent()).toBe('first.txt')
      expect(await detail()).toMatch(/^The server received 97\.7 KiB /)
      expect(await fixtures.filesOnServer()).toEqual([])
    })

    it('says that a file can no longer be read, rather than that the server is lost', async () => {
      view.expected = /net::ERR_/
      await visit()
      const path = await fixtures.makeFile('removed.bin', 5 * MIB)
      await uploadUntilItMoves(path)
      await button('Cancel').click()
      await upload('Cancelled').waitFor()
      await rm(path)
      await button('Try again').click()
      await upload('Failed').waitFor()
      await expect
        .poll(detail)
        .toBe('“removed.bin” can no longer be read. It may have been changed, moved or deleted since it was chosen.')
      expect(await button('Try again').count()).toBe(0)
    })

    it('says what a server answers that is not ours', async () => {
      view.expected = /502/
      await visit()
      await view.page.route('**/api/uploads', (route) => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }))
      await choose(fixtures.files.small)
      await upload('Failed').waitFor()
      expect(await detail()).toBe('The server answered 502.')
    })

    it('says that progress is not available while the upload goes on', async () => {
      view.expected = /net::ERR_/
      await visit()
      await view.page.route('**/progress', (route) => route.abort())
      await limitSpeed('1 MiB/s')
      await choose(fixtures.files.small)
      await expect.poll(detail).toBe('Progress is not available: reconnecting')
      expect(await view.page.locator('.percent').textContent()).toBe('')
      expect(await view.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBeNull()
      await upload('Done').waitFor()
    })

    it('follows the progress before a byte is sent', async () => {
      await visit()
      const requests: string[] = []
      view.page.on('request', (request) => request.url().includes('/uploads') && requests.push(request.method()))
      await choose(fixtures.files.small)
      await upload('Done').waitFor()
      expect(requests).toEqual(['POST', 'GET', 'PUT'])
    })

    it('frees its connection while nobody looks, and fills the gap afterwards', async () => {
      await visit()
      const requests: (string | undefined)[] = []
      view.page.on('request', (request) => {
        if (request.url().endsWith('/api/metrics')) requests.push(request.headers()['last-event-id'])
      })
      const freed = view.page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/metrics'))
      await turn('hidden')
      await freed
      await view.page.waitForTimeout(1200)
      expect(requests).toEqual([])
      await turn('visible')
      await connection('Live').waitFor()
      expect(requests).toEqual([expect.stringMatching(/^\d+$/)])

      // What its reader has closed stays closed.
      await button('Disconnect').click()
      await turn('hidden')
      await turn('visible')
      await connection('Closed').waitFor()
      await view.page.waitForTimeout(300)
      expect(requests).toHaveLength(1)

      async function turn(state: 'hidden' | 'visible'): Promise<void> {
        await view.page.evaluate((state) => {
          Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
        }, state)
      }
    })

    it('says for how long a server that hangs has been silent', async () => {
      view.expected = /net::ERR_/
      const own = await fixtures.start()
      try {
        await visit(own)
        await uploadUntilItMoves()
        own.suspend()
        await connection('Silent').waitFor()
        await view.page.getByText(/^No sample for \d s$/).waitFor()
        expect(await view.page.locator('.gauges').getAttribute('class')).toContain('stale')
        await expect.poll(detail, { timeout: 5000 }).toMatch(/ of 5 MiB · no progress for \d s$/)
        own.wake()
        await connection('Live').waitFor()
        await upload('Done').waitFor()
      } finally {
        own.wake()
        await own.stop()
      }
    })

    it('shows bars, dots and the current page in forced colours', async () => {
      await view.page.emulateMedia({ forcedColors: 'active' })
      await visit()
      await choose(fixtures.files.small)
      await upload('Done').waitFor()
      const styles = await view.page.evaluate(() => {
        const background = (selector: string, pseudo?: string) =>
          getComputedStyle(document.querySelector(selector) as Element, pseudo).backgroundColor
        return {
          page: background('body'),
          bar: background('.bar > div'),
          dot: background('.status', '::before'),
          tab: background('.switch [aria-current]'),
        }
      })
      expect([styles.bar, styles.dot, styles.tab]).not.toContain(styles.page)
    })

    it('shows a name without the characters that turn its direction', async () => {
      await visit()
      await drop(['invoice\u202Efdp.exe'])
      await upload('Done').waitFor()
      expect(await view.page.locator('.file').textContent()).toBe('invoicefdp.exe')
      expect(await view.page.locator('bdi').count()).toBeGreaterThan(0)
      expect(await view.page.getByRole('progressbar').getAttribute('aria-label')).toBe('Upload of invoicefdp.exe')
    })

    it('keeps the end of a long name', async () => {
      await visit()
      await view.page.setViewportSize({ width: 320, height: 700 })
      const name = `${'a very long name '.repeat(8)}2026.tar.gz`
      await drop([name])
      await upload('Done').waitFor()
      const file = view.page.locator('.file')
      expect(await file.textContent()).toBe(name)
      expect(await file.getAttribute('title')).toBe(name)
      const tail = await file.locator('bdi').last().boundingBox()
      expect((tail?.x ?? 0) + (tail?.width ?? 999)).toBeLessThan(320)
    })

    it('hands the focus on when the button that has it goes away', async () => {
      // The new server knows nothing of the upload whose progress the page may still ask for.
      view.expected = /net::ERR_|status of 404/
      let own = await fixtures.start()
      try {
        await visit(own)
        await uploadUntilItMoves()
        await button('Cancel').click()
        await button('Try again').press('Enter')
        await upload('Uploading').waitFor()
        expect(await focused()).toBe('Cancel')
        await own.stop('SIGKILL')
        await connection('Reconnecting').waitFor()
        own = await fixtures.start(own.port)
        await button('Try now').press('Enter')
        await connection('Live').waitFor()
        expect(await focused()).toBe('Disconnect')
      } finally {
        await own.stop()
      }

      function focused(): Promise<string | null | undefined> {
        return view.page.evaluate(() => document.activeElement?.textContent)
      }
    })

    it('takes a double click for one', async () => {
      await visit()
      await button('Disconnect').dblclick()
      await connection('Closed').waitFor()
      await view.page.waitForTimeout(300)
      await connection('Closed').waitFor()
      await uploadUntilItMoves()
      await button('Cancel').dblclick()
      await upload('Cancelled').waitFor()
    })

    it('does not scroll sideways at 320 px with text of twice the size', async () => {
      await view.page.setViewportSize({ width: 320, height: 700 })
      await visit()
      await view.page.addStyleTag({ content: ':root { font-size: 32px !important }' })
      await drop(['notes.txt'])
      await upload('Done').waitFor()
      const [width, scrollWidth] = await view.page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
      expect(scrollWidth).toBe(width)
    })
  })
}
