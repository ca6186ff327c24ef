import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { rolldown } from 'rolldown'
import type { OpenReader, ReceivedEvent } from '../reader.ts'

/** Bundles what runs in the page. */
export async function bundlePage(): Promise<string> {
  const bundle = await rolldown({ input: join(import.meta.dirname, '../page/main.ts'), platform: 'browser' })
  const { output } = await bundle.generate({ format: 'iife' })
  await bundle.close()
  return output[0].code
}

/** Follows a stream in a page of its own, which comes from the server of that stream. */
export function openInBrowser(
  make: keyof typeof globalThis.pageReaders,
  inBrowser: () => { browser: Browser; script: string },
): OpenReader {
  return async (url, names) => {
    const { browser, script } = inBrowser()
    const received: ReceivedEvent[] = []
    const stopped = Promise.withResolvers<void>()
    const page = await browser.newPage()
    await page.exposeFunction('tell', (event: ReceivedEvent | null) => {
      if (event) received.push(event)
      else stopped.resolve()
    })
    await page.goto(new URL('/', url).href)
    await page.addScriptTag({ content: script })
    await page.evaluate(({ make, url, names }) => pageReaders[make](url, names, tell, () => tell(null)), {
      make,
      url,
      names,
    })
    return { received, stopped: stopped.promise, close: () => page.close() }
  }
}
