import { expect, it } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import { launchBrowser } from './launchBrowser.ts'

describeBrowser('the browser', () => {
  it('starts, renders a page and runs a script', async () => {
    await using browser = await launchBrowser()
    const page = await browser.newPage()
    await page.setContent('<p>Hello</p>')
    expect(await page.innerText('p')).toBe('Hello')
    expect(await page.evaluate(() => typeof EventSource)).toBe('function')
  })
})
