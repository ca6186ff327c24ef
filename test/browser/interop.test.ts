import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { bundlePage, openInBrowser } from '../interop/readers/browser.ts'
import { testAnyId, testBareId, testRefusal, testTornEvent } from '../interop/testExactReader.ts'
import { testReader } from '../interop/testReader.ts'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'

describeBrowser('a Tidewire server', () => {
  const chromium = {} as { browser: Browser; script: string }

  beforeAll(async () => {
    chromium.script = await bundlePage()
    chromium.browser = await launchBrowser()
  })
  afterAll(() => chromium.browser?.close())

  describe("read by Chromium's EventSource", () => {
    const open = openInBrowser('eventSource', () => chromium)
    testReader(open, { comesBack: true })
    testTornEvent(open)
    testBareId(open)
    testAnyId(open)
    testRefusal(open)
  })

  describe('read by fetch-event-source', () => {
    const open = openInBrowser('fetchEventSource', () => chromium)
    testReader(open, { comesBack: false })
    testBareId(open)
  })
})
