import type { Page } from 'playwright-core'
import { beforeAll } from 'vitest'
import { checkCases } from '../../packages/client/test/checkCases.ts'
import { cases } from '../../packages/client/test/cases.ts'
import { useClientFixtures } from './clientCasesFixtures.ts'
import { describeBrowser } from './describeBrowser.ts'

describeBrowser('a stream, in Chromium,', () => {
  const fixtures = useClientFixtures()
  let page: Page

  beforeAll(async () => {
    page = (await fixtures.open()).page
  })

  checkCases(
    () => fixtures.server,
    (one, url) => page.evaluate(([index, url]) => client.runCase(index, url), [cases.indexOf(one), url] as const),
  )
})
